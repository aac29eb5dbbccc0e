package dev.jsbx.netstack.dns;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Domain names on the wire (RFC 1035 §3.1), never compressed. */
final class DnsNames {
    private static final int MAX_WIRE = 255;
    private static final int MAX_LABEL = 63;

    private DnsNames() {}

    /**
     * Reads a name and leaves the reader behind it.
     *
     * @return its text without trailing dot, bytes as ISO-8859-1; null if it is no name, is
     *     compressed, or has a dot inside a label, which text cannot say
     */
    static String read(ByteBuf in) {
        StringBuilder text = new StringBuilder();
        for (int wire = 1; in.isReadable(); ) {
            int length = in.readUnsignedByte();
            if (length == 0) {
                return text.toString();
            }
            wire += length + 1;
            if (length > MAX_LABEL || wire > MAX_WIRE || in.readableBytes() < length) {
                return null;
            }
            if (!text.isEmpty()) {
                text.append('.');
            }
            String label = in.readCharSequence(length, StandardCharsets.ISO_8859_1).toString();
            if (label.indexOf('.') >= 0) {
                return null;
            }
            text.append(label);
        }
        return null;
    }

    /** Writes a name whose labels have been checked. */
    static void write(ByteBuf out, String name) {
        for (String label : name.split("\\.")) {
            if (!label.isEmpty()) {
                out.writeByte(label.length());
                out.writeCharSequence(label, StandardCharsets.ISO_8859_1);
            }
        }
        out.writeByte(0);
    }
}

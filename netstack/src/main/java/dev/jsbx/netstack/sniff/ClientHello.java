package dev.jsbx.netstack.sniff;

import dev.jsbx.netstack.policy.Host;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a TLS ClientHello (RFC 8446 §4.1.2), which may be spread over records and segments in any
 * way. Whatever contradicts itself is malformed rather than guessed at.
 */
final class ClientHello {
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int MAX_RECORD = 16_384;
    private static final int SERVER_NAME = 0; // RFC 6066 §3
    private static final int ALPN = 16; // RFC 7301 §3.1
    private static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d;
    private static final int MAX_ALPN = 32;

    private final ByteBuf message = Unpooled.buffer(512);
    private int at;

    /**
     * @param in from the connection's first byte on, the same as in the last call and more
     */
    Sniffed look(ByteBuf in) {
        in.readerIndex(at);
        while (true) {
            if (message.readableBytes() >= 4) {
                int type = message.getUnsignedByte(0);
                int length = message.getUnsignedMedium(1);
                if (type != CLIENT_HELLO || length > Sniffer.MAX_BYTES) {
                    return malformed("a handshake that starts with no ClientHello");
                }
                if (message.readableBytes() >= 4 + length) {
                    return body(message.slice(4, length));
                }
            }
            if (in.readableBytes() < 5) {
                return startsLikeRecord(in) ? Sniffed.MORE : malformed("no TLS record");
            }
            if (!startsLikeRecord(in)) {
                return malformed("no TLS record");
            }
            int length = in.getUnsignedShort(in.readerIndex() + 3);
            if (length == 0 || length > MAX_RECORD) {
                return malformed("a TLS record of " + length + " bytes");
            }
            int here = Math.min(length, in.readableBytes() - 5);
            if (here < length && !begins(in, here)) {
                return Sniffed.MORE;
            }
            in.skipBytes(5);
            message.writeBytes(in, here);
            at = in.readerIndex();
        }
    }

    // A record that is not all there is looked at once it holds the rest of the hello.
    private boolean begins(ByteBuf in, int here) {
        int known = message.readableBytes();
        if (known + here < 4) {
            return false;
        }
        int length = 0;
        for (int i = 1; i < 4; i++) {
            int b =
                    i < known
                            ? message.getUnsignedByte(i)
                            : in.getUnsignedByte(in.readerIndex() + 5 + i - known);
            length = length << 8 | b;
        }
        return known + here >= 4 + length;
    }

    private static boolean startsLikeRecord(ByteBuf in) {
        int at = in.readerIndex();
        return (in.readableBytes() < 1 || in.getUnsignedByte(at) == HANDSHAKE)
                && (in.readableBytes() < 2 || in.getUnsignedByte(at + 1) == 3);
    }

    private static Sniffed malformed(String why) {
        return new Sniffed.Malformed(why, false);
    }

    private static Sniffed body(ByteBuf in) {
        try {
            in.skipBytes(2 + 32); // legacy_version, random
            in.skipBytes(in.readUnsignedByte()); // legacy_session_id
            in.skipBytes(in.readUnsignedShort()); // cipher_suites
            in.skipBytes(in.readUnsignedByte()); // legacy_compression_methods
            if (!in.isReadable()) {
                return new Sniffed.Tls(Optional.empty(), List.of(), false);
            }
            ByteBuf extensions = in.readSlice(in.readUnsignedShort());
            return in.isReadable()
                    ? malformed("bytes behind the ClientHello's extensions")
                    : extensions(extensions);
        } catch (IndexOutOfBoundsException e) {
            return malformed("a ClientHello whose lengths do not fit");
        }
    }

    private static Sniffed extensions(ByteBuf in) {
        Optional<Host> server = Optional.empty();
        List<String> protocols = List.of();
        Set<Integer> seen = new HashSet<>();
        while (in.isReadable()) {
            int type = in.readUnsignedShort();
            ByteBuf data = in.readSlice(in.readUnsignedShort());
            if (!seen.add(type)) {
                return malformed("a ClientHello with an extension twice");
            }
            if (type == SERVER_NAME) {
                server = serverName(data);
                if (server.isEmpty()) {
                    return malformed("a server name that is none");
                }
            } else if (type == ALPN) {
                protocols = protocols(data);
            }
        }
        return new Sniffed.Tls(server, protocols, seen.contains(ENCRYPTED_CLIENT_HELLO));
    }

    // One name of type host_name (0); a list with two could be read either way.
    private static Optional<Host> serverName(ByteBuf data) {
        ByteBuf list = data.readSlice(data.readUnsignedShort());
        int type = list.readUnsignedByte();
        ByteBuf name = list.readSlice(list.readUnsignedShort());
        return type != 0 || list.isReadable() || data.isReadable()
                ? Optional.empty()
                : Host.fromWire(name.toString(StandardCharsets.ISO_8859_1));
    }

    private static List<String> protocols(ByteBuf data) {
        List<String> protocols = new ArrayList<>();
        ByteBuf list = data.readSlice(data.readUnsignedShort());
        while (list.isReadable() && protocols.size() < MAX_ALPN) {
            ByteBuf protocol = list.readSlice(list.readUnsignedByte());
            protocols.add(protocol.toString(StandardCharsets.ISO_8859_1));
        }
        return List.copyOf(protocols);
    }
}

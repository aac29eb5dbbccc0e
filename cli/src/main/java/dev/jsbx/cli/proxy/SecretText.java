package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A header's value or a request target that holds a secret. Its bytes lie outside the Java heap and
 * are zeroed by {@link #close}; as a {@link CharSequence} it can be read, but its {@link #toString}
 * tells nothing. Belongs to one request, on its event loop.
 */
final class SecretText implements CharSequence, AutoCloseable {
    private static final String HIDDEN = "[secret]";

    private final ByteBuf bytes;

    /**
     * @param bytes handed over
     */
    SecretText(ByteBuf bytes) {
        this.bytes = bytes;
    }

    /** A template, the secret in the place of each {@code {}}. */
    static SecretText of(String template, ByteBuffer secret) {
        return replacing(template, "{}", secret);
    }

    /**
     * A text, the secret in the place of each occurrence of a word.
     *
     * @param text may hold other secrets already
     */
    static SecretText replacing(CharSequence text, String word, ByteBuffer secret) {
        int count = 0;
        for (int at = find(text, word, 0); at >= 0; at = find(text, word, at + word.length())) {
            count++;
        }
        int size = text.length() + count * (secret.remaining() - word.length());
        ByteBuf out = new ZeroingBuf(Math.max(size, 1));
        int from = 0;
        for (int at = find(text, word, 0); at >= 0; at = find(text, word, from)) {
            write(text, from, at, out);
            out.writeBytes(secret.duplicate());
            from = at + word.length();
        }
        write(text, from, text.length(), out);
        return new SecretText(out);
    }

    /** Where a word stands, from an index on; -1 if nowhere. */
    static int find(CharSequence text, String word, int from) {
        for (int at = from; at + word.length() <= text.length(); at++) {
            int i = 0;
            while (i < word.length() && text.charAt(at + i) == word.charAt(i)) {
                i++;
            }
            if (i == word.length()) {
                return at;
            }
        }
        return -1;
    }

    private static void write(CharSequence text, int from, int to, ByteBuf out) {
        for (int i = from; i < to; i++) {
            out.writeByte(text.charAt(i));
        }
    }

    /** Basic credentials (RFC 7617). */
    static SecretText basic(String user, ByteBuffer secret) {
        byte[] name = user.getBytes(StandardCharsets.UTF_8);
        ByteBuf plain = new ZeroingBuf(name.length + 1 + secret.remaining());
        try {
            plain.writeBytes(name).writeByte(':').writeBytes(secret.duplicate());
            ByteBuf out = new ZeroingBuf(6 + (plain.readableBytes() + 2) / 3 * 4);
            out.writeCharSequence("Basic ", StandardCharsets.US_ASCII);
            Encodings.base64(plain, out);
            return new SecretText(out);
        } finally {
            plain.release();
        }
    }

    /** Whether a header can carry it: no control character, above all no line end. */
    static boolean isHeaderSafe(ByteBuffer secret) {
        for (int i = secret.position(); i < secret.limit(); i++) {
            int b = secret.get(i) & 0xff;
            if (b < 0x20 && b != '\t' || b == 0x7f) {
                return false;
            }
        }
        return true;
    }

    void writeTo(ByteBuf out) {
        out.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
    }

    @Override
    public void close() {
        if (bytes.refCnt() > 0) {
            bytes.release();
        }
    }

    @Override
    public int length() {
        return bytes.readableBytes();
    }

    @Override
    public char charAt(int index) {
        return (char) bytes.getUnsignedByte(bytes.readerIndex() + index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        throw new UnsupportedOperationException("a secret is not taken to pieces");
    }

    @Override
    public String toString() {
        return HIDDEN;
    }
}

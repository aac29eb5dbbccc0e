package dev.jsbx.netstack.audit;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Builds one line of JSON in native memory, reused from line to line. Texts are cut where they get
 * too long for their field, so a line always fits.
 */
final class JsonLine {
    /** Room for every field at its longest. */
    static final int CAPACITY = 16 * 1024;

    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };
    private static final int LONGEST_NUMBER = 20;

    private final MemorySegment buffer;
    private int length;

    /**
     * @param buffer native, of at least {@link #CAPACITY} bytes
     */
    JsonLine(MemorySegment buffer) {
        this.buffer = buffer;
    }

    /** Starts over with a line of that kind. */
    JsonLine begin(String event) {
        length = 0;
        ascii("{\"v\":1,\"event\":\"");
        ascii(event);
        put('"');
        return this;
    }

    /** A text field of at most {@code max} bytes; none if it is null. */
    JsonLine text(String key, String value, int max) {
        if (value == null) {
            return this;
        }
        key(key);
        put('"');
        int end = length + max;
        for (int i = 0; i < value.length() && length < end; i++) {
            char c = value.charAt(i);
            if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
                put(c);
            } else {
                escape(c);
            }
        }
        put('"');
        return this;
    }

    // Everything that is not printable ASCII, so that no terminal and no reader stumbles over it.
    private void escape(char c) {
        put('\\');
        if (c == '"' || c == '\\') {
            put(c);
            return;
        }
        put('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
            put(HEX[c >>> shift & 15]);
        }
    }

    JsonLine number(String key, long value) {
        key(key);
        decimal(value);
        return this;
    }

    /** A field with a time stamp, which needs no escapes. */
    JsonLine time(String key, TimeStamp stamp) {
        key(key);
        put('"');
        byte[] text = stamp.text();
        MemorySegment.copy(text, 0, buffer, ValueLayout.JAVA_BYTE, length, text.length);
        length += text.length;
        put('"');
        return this;
    }

    /** A field of the form {@code "prefix7"}. */
    JsonLine numbered(String key, String prefix, long value) {
        key(key);
        put('"');
        ascii(prefix);
        decimal(value);
        put('"');
        return this;
    }

    private void decimal(long value) {
        if (value < 0) { // no field of ours is; a peer's mistake must not break the line
            put('0');
            return;
        }
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int i = digits - 1; i >= 0; i--) {
            buffer.set(ValueLayout.JAVA_BYTE, length + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        length += digits;
    }

    private void key(String key) {
        put(',');
        put('"');
        ascii(key);
        put('"');
        put(':');
    }

    private void ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            put(text.charAt(i));
        }
    }

    private void put(int b) {
        if (length < CAPACITY - LONGEST_NUMBER) {
            buffer.set(ValueLayout.JAVA_BYTE, length++, (byte) b);
        }
    }

    /** The finished line with its line feed; valid until the next {@link #begin}. */
    MemorySegment end() {
        buffer.set(ValueLayout.JAVA_BYTE, length++, (byte) '}');
        buffer.set(ValueLayout.JAVA_BYTE, length++, (byte) '\n');
        return buffer.asSlice(0, length);
    }
}

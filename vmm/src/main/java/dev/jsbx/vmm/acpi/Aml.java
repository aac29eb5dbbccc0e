package dev.jsbx.vmm.acpi;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * ACPI machine language (ACPI 6.4 §20): each method returns the encoding of one term, made from
 * those of its parts.
 */
final class Aml {
    private static final int ZERO_OP = 0x00;
    private static final int ONE_OP = 0x01;
    private static final int NAME_OP = 0x08;
    private static final int BYTE_PREFIX = 0x0a;
    private static final int WORD_PREFIX = 0x0b;
    private static final int DWORD_PREFIX = 0x0c;
    private static final int STRING_PREFIX = 0x0d;
    private static final int QWORD_PREFIX = 0x0e;
    private static final int SCOPE_OP = 0x10;
    private static final int BUFFER_OP = 0x11;
    private static final int PACKAGE_OP = 0x12;
    private static final int METHOD_OP = 0x14;
    private static final int DUAL_NAME_PREFIX = 0x2e;
    private static final int MULTI_NAME_PREFIX = 0x2f;
    private static final int EXT_OP_PREFIX = 0x5b;
    private static final int ARG0_OP = 0x68;
    private static final int EXT_DEVICE_OP = 0x82;
    private static final int NOTIFY_OP = 0x86;
    private static final int LEQUAL_OP = 0x93;
    private static final int IF_OP = 0xa0;

    private static final int METHOD_SERIALIZED = 1 << 3;
    private static final int NAME_SEG = 4;

    private Aml() {}

    /** {@code Scope (path) {…}}. */
    static byte[] scope(String path, byte[]... terms) {
        return concat(bytes(SCOPE_OP), packaged(concat(name(path), concat(terms))));
    }

    /** {@code Device (path) {…}}. */
    static byte[] device(String path, byte[]... terms) {
        return concat(
                bytes(EXT_OP_PREFIX, EXT_DEVICE_OP), packaged(concat(name(path), concat(terms))));
    }

    /** {@code Method (path, arguments, Serialized) {…}}. */
    static byte[] method(String path, int arguments, byte[]... terms) {
        byte[] flags = bytes(arguments | METHOD_SERIALIZED);
        return concat(bytes(METHOD_OP), packaged(concat(name(path), flags, concat(terms))));
    }

    /** {@code Name (path, value)}. */
    static byte[] named(String path, byte[] value) {
        return concat(bytes(NAME_OP), name(path), value);
    }

    /** {@code Package () {…}}. */
    static byte[] aPackage(byte[]... elements) {
        return concat(
                bytes(PACKAGE_OP), packaged(concat(bytes(elements.length), concat(elements))));
    }

    /** {@code Buffer () {…}}. */
    static byte[] buffer(byte[] content) {
        return concat(bytes(BUFFER_OP), packaged(concat(integer(content.length), content)));
    }

    /** {@code If (condition) {…}}. */
    static byte[] onlyIf(byte[] condition, byte[]... terms) {
        return concat(bytes(IF_OP), packaged(concat(condition, concat(terms))));
    }

    /** {@code a == b}. */
    static byte[] equal(byte[] a, byte[] b) {
        return concat(bytes(LEQUAL_OP), a, b);
    }

    /** {@code Arg0}. */
    static byte[] arg0() {
        return bytes(ARG0_OP);
    }

    /** {@code Notify (path, value)}. */
    static byte[] notify(String path, long value) {
        return concat(bytes(NOTIFY_OP), name(path), integer(value));
    }

    /** An integer in its shortest form. */
    static byte[] integer(long value) {
        if (value == 0) {
            return bytes(ZERO_OP);
        }
        if (value == 1) {
            return bytes(ONE_OP);
        }
        ByteBuffer out = ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN);
        if (value >>> 8 == 0) {
            out.put((byte) BYTE_PREFIX).put((byte) value);
        } else if (value >>> 16 == 0) {
            out.put((byte) WORD_PREFIX).putShort((short) value);
        } else if (value >>> 32 == 0) {
            out.put((byte) DWORD_PREFIX).putInt((int) value);
        } else {
            out.put((byte) QWORD_PREFIX).putLong(value);
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    /** A string; ASCII. */
    static byte[] string(String text) {
        return concat(
                bytes(STRING_PREFIX), text.getBytes(StandardCharsets.US_ASCII), bytes(ZERO_OP));
    }

    /** {@code EisaId ("PNP0501")}: three letters of 5 bits and four hex digits (§19.6.36). */
    static byte[] eisaId(String id) {
        int letters = 0;
        for (int i = 0; i < 3; i++) {
            letters = letters << 5 | id.charAt(i) - '@';
        }
        int value = letters << 16 | Integer.parseInt(id.substring(3), 16);
        return integer(Integer.toUnsignedLong(Integer.reverseBytes(value)));
    }

    /**
     * A NameString (§20.2.2): {@code \}, then segments of four characters, padded with {@code _}.
     */
    static byte[] name(String path) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String rest = path;
        if (rest.startsWith("\\")) {
            out.write('\\');
            rest = rest.substring(1);
        }
        String[] segments = rest.split("\\.");
        if (segments.length == 2) {
            out.write(DUAL_NAME_PREFIX);
        } else if (segments.length > 2) {
            out.write(MULTI_NAME_PREFIX);
            out.write(segments.length);
        }
        for (String segment : segments) {
            check(segment);
            String padded = segment + "_".repeat(NAME_SEG - segment.length());
            out.writeBytes(padded.getBytes(StandardCharsets.US_ASCII));
        }
        return out.toByteArray();
    }

    private static void check(String segment) {
        boolean good = !segment.isEmpty() && segment.length() <= NAME_SEG;
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            good &= c == '_' || c >= 'A' && c <= 'Z' || i > 0 && c >= '0' && c <= '9';
        }
        if (!good) {
            throw new IllegalArgumentException("no ACPI name: " + segment);
        }
    }

    /** PkgLength (§20.2.4), which counts itself, and the content. */
    private static byte[] packaged(byte[] content) {
        int extra = 0; // bytes after the first
        int total = content.length + 1;
        if (total > 0x3f) {
            do {
                extra++;
                total = content.length + 1 + extra;
            } while (total >>> 4 + 8 * extra != 0);
        }
        if (extra == 0) {
            return concat(bytes(total), content);
        }
        byte[] length = new byte[1 + extra];
        length[0] = (byte) (extra << 6 | total & 0xf);
        for (int i = 1; i <= extra; i++) {
            length[i] = (byte) (total >>> 4 + 8 * (i - 1));
        }
        return concat(length, content);
    }

    static byte[] bytes(int... values) {
        byte[] out = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            out[i] = (byte) values[i];
        }
        return out;
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}

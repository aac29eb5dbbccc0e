package dev.jsbx.vmm.acpi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A system description table: the header that all have (ACPI 6.4 §5.2.6), content, checksum. */
final class Table {
    static final int HEADER_SIZE = 36;

    private static final int OFFSET_LENGTH = 4;
    private static final int OFFSET_REVISION = 8;
    private static final int OFFSET_CHECKSUM = 9;
    private static final int OFFSET_OEM_ID = 10;
    private static final int OFFSET_OEM_TABLE_ID = 16;
    private static final int OFFSET_OEM_REVISION = 24;
    private static final int OFFSET_CREATOR_ID = 28;
    private static final int OFFSET_CREATOR_REVISION = 32;

    /** Six characters. */
    static final byte[] OEM_ID = ascii("JSBX  ");

    private static final byte[] OEM_TABLE_ID = ascii("JSBXVMM ");
    private static final byte[] CREATOR_ID = ascii("JSBX");

    private Table() {}

    /** A table of {@code size} bytes to be filled in behind its header, then {@link #seal}ed. */
    static ByteBuffer of(String signature, int revision, int size) {
        ByteBuffer table = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        table.put(0, ascii(signature));
        table.putInt(OFFSET_LENGTH, size);
        table.put(OFFSET_REVISION, (byte) revision);
        table.put(OFFSET_OEM_ID, OEM_ID);
        table.put(OFFSET_OEM_TABLE_ID, OEM_TABLE_ID);
        table.putInt(OFFSET_OEM_REVISION, 1);
        table.put(OFFSET_CREATOR_ID, CREATOR_ID);
        table.putInt(OFFSET_CREATOR_REVISION, 1);
        return table.position(HEADER_SIZE);
    }

    /** Sets the checksum. */
    static byte[] seal(ByteBuffer table) {
        byte[] bytes = table.array();
        bytes[OFFSET_CHECKSUM] = checksum(bytes, bytes.length);
        return bytes;
    }

    /** What makes the first {@code length} bytes sum up to 0, if it was 0 itself so far. */
    static byte checksum(byte[] bytes, int length) {
        byte sum = 0;
        for (int i = 0; i < length; i++) {
            sum += bytes[i];
        }
        return (byte) -sum;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

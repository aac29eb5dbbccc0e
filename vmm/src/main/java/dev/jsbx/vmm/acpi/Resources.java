package dev.jsbx.vmm.acpi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Resource descriptors for {@code _CRS} (ACPI 6.4 §6.4). */
final class Resources {
    private static final int SMALL_IO_PORT = 0x47;
    private static final int SMALL_END_TAG = 0x79;
    private static final int LARGE_MEMORY32_FIXED = 0x86;
    private static final int LARGE_EXTENDED_INTERRUPT = 0x89;

    private static final int READ_WRITE = 1;
    private static final int DECODE_16 = 1;
    private static final int CONSUMER = 1;
    private static final int EDGE = 1 << 1;

    private Resources() {}

    /** {@code Name (_CRS, ResourceTemplate () {…})}. */
    static byte[] current(byte[]... descriptors) {
        // A checksum of zero means that there is none (§6.4.2.9).
        byte[] end = Aml.bytes(SMALL_END_TAG, 0);
        return Aml.named("_CRS", Aml.buffer(Aml.concat(Aml.concat(descriptors), end)));
    }

    /** {@code Memory32Fixed (ReadWrite, base, length)}. */
    static byte[] memory(long base, int length) {
        return descriptor(LARGE_MEMORY32_FIXED, 9)
                .put((byte) READ_WRITE)
                .putInt((int) base)
                .putInt(length)
                .array();
    }

    /** {@code Interrupt (ResourceConsumer, Edge, ActiveHigh, Exclusive) {gsi}}. */
    static byte[] interrupt(int gsi) {
        return descriptor(LARGE_EXTENDED_INTERRUPT, 6)
                .put((byte) (CONSUMER | EDGE))
                .put((byte) 1)
                .putInt(gsi)
                .array();
    }

    /** {@code IO (Decode16, base, base, 1, length)}. */
    static byte[] ports(int base, int length) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) SMALL_IO_PORT)
                .put((byte) DECODE_16)
                .putShort((short) base)
                .putShort((short) base)
                .put((byte) 1)
                .put((byte) length)
                .array();
    }

    private static ByteBuffer descriptor(int type, int length) {
        return ByteBuffer.allocate(3 + length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) type)
                .putShort((short) length);
    }
}

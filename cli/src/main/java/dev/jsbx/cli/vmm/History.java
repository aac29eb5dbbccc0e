package dev.jsbx.cli.vmm;

import java.io.ByteArrayOutputStream;

/** The last bytes that a terminal has shown. One thread at a time. */
final class History {
    static final int CAPACITY = 64 << 10;

    private final byte[] ring = new byte[CAPACITY];
    private long written;

    void add(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            ring[(int) (written++ % CAPACITY)] = bytes[i];
        }
    }

    /** In the order in which they were shown. */
    byte[] bytes() {
        if (written <= CAPACITY) {
            return java.util.Arrays.copyOf(ring, (int) written);
        }
        int oldest = (int) (written % CAPACITY);
        ByteArrayOutputStream all = new ByteArrayOutputStream(CAPACITY);
        all.write(ring, oldest, CAPACITY - oldest);
        all.write(ring, 0, oldest);
        return all.toByteArray();
    }
}

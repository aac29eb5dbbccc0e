package dev.jsbx.vmm.bus;

/**
 * A device that answers reads and writes of its registers. vCPU threads call in, several at once if
 * the guest has several CPUs; the device locks for itself. Nothing may be thrown: a register that
 * does not exist reads as 0 (or all ones where the device's specification says so) and swallows
 * writes.
 */
public interface BusDevice {
    /**
     * The guest reads.
     *
     * @param offset from the device's first address, in bytes
     * @param size of the access: 1, 2, 4 or 8 bytes
     * @return the value, little-endian, in the low {@code size} bytes
     */
    long read(long offset, int size);

    /**
     * The guest writes.
     *
     * @param offset from the device's first address, in bytes
     * @param size of the access: 1, 2, 4 or 8 bytes
     * @param value little-endian, in the low {@code size} bytes, the others 0
     */
    void write(long offset, int size, long value);
}

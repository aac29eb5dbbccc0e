package dev.jsbx.vmm.kvm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@code struct kvm_run}: the page that a vCPU shares with its user, and behind it the data of port
 * exits. All accessors are free of allocation.
 */
final class KvmRun {
    private static final int OFFSET_IMMEDIATE_EXIT = 1;
    private static final int OFFSET_EXIT_REASON = 8;

    // The union; each exit reason has its own view of it.
    private static final int OFFSET_EXIT = 32;
    private static final int OFFSET_IO_DIRECTION = OFFSET_EXIT;
    private static final int OFFSET_IO_SIZE = OFFSET_EXIT + 1;
    private static final int OFFSET_IO_PORT = OFFSET_EXIT + 2;
    private static final int OFFSET_IO_COUNT = OFFSET_EXIT + 4;
    private static final int OFFSET_IO_DATA_OFFSET = OFFSET_EXIT + 8;
    private static final int OFFSET_MMIO_PHYS_ADDR = OFFSET_EXIT;
    private static final int OFFSET_MMIO_DATA = OFFSET_EXIT + 8;
    private static final int OFFSET_MMIO_LEN = OFFSET_EXIT + 16;
    private static final int OFFSET_MMIO_IS_WRITE = OFFSET_EXIT + 20;
    private static final int OFFSET_INTERNAL_SUBERROR = OFFSET_EXIT;
    private static final int OFFSET_EMULATION_FLAGS = OFFSET_EXIT + 8;
    private static final int OFFSET_EMULATION_INSN_SIZE = OFFSET_EXIT + 16;
    private static final int OFFSET_EMULATION_INSN_BYTES = OFFSET_EXIT + 17;
    private static final int OFFSET_ENTRY_FAILURE_REASON = OFFSET_EXIT;
    private static final int OFFSET_SYSTEM_EVENT_TYPE = OFFSET_EXIT;

    private static final int KVM_EXIT_IO_OUT = 1;
    private static final int FLAG_INSTRUCTION_BYTES = 1;
    private static final int MAX_INSN_SIZE = 15;

    private final MemorySegment page;

    /**
     * @param page the mapped vCPU descriptor
     */
    KvmRun(MemorySegment page) {
        this.page = page;
    }

    /** Makes the next, or the current, KVM_RUN return EINTR as soon as it has finished its I/O. */
    void immediateExit(boolean wanted) {
        page.set(ValueLayout.JAVA_BYTE, OFFSET_IMMEDIATE_EXIT, (byte) (wanted ? 1 : 0));
    }

    /** One of {@link ExitReason}'s numbers. */
    int exitReason() {
        return page.get(ValueLayout.JAVA_INT, OFFSET_EXIT_REASON);
    }

    boolean ioOut() {
        return page.get(ValueLayout.JAVA_BYTE, OFFSET_IO_DIRECTION) == KVM_EXIT_IO_OUT;
    }

    /** Bytes of one access: 1, 2 or 4. */
    int ioSize() {
        return page.get(ValueLayout.JAVA_BYTE, OFFSET_IO_SIZE);
    }

    int ioPort() {
        return Short.toUnsignedInt(page.get(ValueLayout.JAVA_SHORT, OFFSET_IO_PORT));
    }

    /** How many accesses; more than 1 only for string instructions. */
    int ioCount() {
        return page.get(ValueLayout.JAVA_INT, OFFSET_IO_COUNT);
    }

    /** Where in this page the data of a port exit is. */
    long ioDataOffset() {
        return page.get(ValueLayout.JAVA_LONG, OFFSET_IO_DATA_OFFSET);
    }

    long mmioAddress() {
        return page.get(ValueLayout.JAVA_LONG, OFFSET_MMIO_PHYS_ADDR);
    }

    /** Bytes, 1 to 8. */
    int mmioLength() {
        return page.get(ValueLayout.JAVA_INT, OFFSET_MMIO_LEN);
    }

    boolean mmioWrite() {
        return page.get(ValueLayout.JAVA_BYTE, OFFSET_MMIO_IS_WRITE) != 0;
    }

    /** Where in this page the data of an MMIO exit is. */
    long mmioDataOffset() {
        return OFFSET_MMIO_DATA;
    }

    /** Little-endian data of an exit, {@code size} 1, 2, 4 or 8 bytes, zero-extended. */
    long data(long offset, int size) {
        return switch (size) {
            case 1 -> Byte.toUnsignedLong(page.get(ValueLayout.JAVA_BYTE, offset));
            case 2 -> Short.toUnsignedLong(page.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
            case 4 -> Integer.toUnsignedLong(page.get(ValueLayout.JAVA_INT_UNALIGNED, offset));
            default -> page.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
        };
    }

    /** Sets little-endian data that the guest will read. */
    void data(long offset, int size, long value) {
        switch (size) {
            case 1 -> page.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
            case 2 -> page.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, (short) value);
            case 4 -> page.set(ValueLayout.JAVA_INT_UNALIGNED, offset, (int) value);
            default -> page.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, value);
        }
    }

    int internalSuberror() {
        return page.get(ValueLayout.JAVA_INT, OFFSET_INTERNAL_SUBERROR);
    }

    /** The instruction that could not be emulated, if this exit tells; else empty. */
    byte[] instruction() {
        long flags = page.get(ValueLayout.JAVA_LONG, OFFSET_EMULATION_FLAGS);
        int size = page.get(ValueLayout.JAVA_BYTE, OFFSET_EMULATION_INSN_SIZE);
        if ((flags & FLAG_INSTRUCTION_BYTES) == 0 || size <= 0 || size > MAX_INSN_SIZE) {
            return new byte[0];
        }
        return page.asSlice(OFFSET_EMULATION_INSN_BYTES, size).toArray(ValueLayout.JAVA_BYTE);
    }

    /** What the CPU said when it refused to enter the guest, or why the exit is unknown. */
    long hardwareReason() {
        return page.get(ValueLayout.JAVA_LONG, OFFSET_ENTRY_FAILURE_REASON);
    }

    int systemEventType() {
        return page.get(ValueLayout.JAVA_INT, OFFSET_SYSTEM_EVENT_TYPE);
    }
}

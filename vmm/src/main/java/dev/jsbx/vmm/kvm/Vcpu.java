package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Mapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A virtual CPU: its registers and other state. Whoever calls has seen to it that the vCPU does not
 * run: before its thread is started, while it is paused, or on its own thread.
 *
 * <p>The order matters where state depends on other state (CPUID before MSRs, special registers
 * before the local APIC, that before MSRs again); each setter says what it needs.
 */
public final class Vcpu implements AutoCloseable {
    private static final int MSRS_HEADER = 8;
    private static final int MSRS_ENTRY = 16;

    /** {@code MAX_IO_MSRS} of the kernel: the most that one ioctl takes. */
    private static final int MAX_IO_MSRS = 256;

    private final int id;
    private final Fd fd;
    private final Mapping runMapping;
    private final KvmRun run;

    Vcpu(int id, Fd fd, int runSize) {
        this.id = id;
        this.fd = fd;
        this.runMapping = Mapping.shared(fd, 0, runSize);
        this.run = new KvmRun(runMapping.segment());
    }

    /** Its number, from 0, which is its APIC id. */
    public int id() {
        return id;
    }

    Fd fd() {
        return fd;
    }

    KvmRun run() {
        return run;
    }

    /**
     * Sets what the {@code cpuid} instruction answers. Must come first, and before the guest ran.
     */
    public void setCpuid(CpuidTable table) {
        table.write(fd);
    }

    /** What the {@code cpuid} instruction answers. */
    public CpuidTable cpuid() {
        return CpuidTable.read(fd, Request.KVM_GET_CPUID2);
    }

    public Regs regs() {
        return new Regs(read(Request.KVM_GET_REGS, Regs.SIZE));
    }

    /** Sets the general registers. Clears pending exceptions, so it precedes EVENTS. */
    public void setRegs(Regs regs) {
        write(Request.KVM_SET_REGS, regs.bytes());
    }

    public Sregs sregs() {
        return new Sregs(read(Request.KVM_GET_SREGS, Sregs.SIZE));
    }

    /** Sets segments and control registers, with them the base of the local APIC. */
    public void setSregs(Sregs sregs) {
        write(Request.KVM_SET_SREGS, sregs.bytes());
    }

    /** Reads a block of state; the array has the block's size. */
    public byte[] read(VcpuBlock block) {
        return read(block.get(), block.size());
    }

    /** Writes a block of state that {@link #read} returned, perhaps changed. */
    public void write(VcpuBlock block, byte[] state) {
        if (state.length != block.size()) {
            throw new IllegalArgumentException(block + " of " + state.length + " bytes");
        }
        write(block.set(), state);
    }

    /** Whether it executes or waits. Reading it lets a pending INIT or SIPI take effect. */
    public MpState mpState() {
        return MpState.values()[read(VcpuBlock.MP_STATE)[0]];
    }

    public void setMpState(MpState state) {
        write(VcpuBlock.MP_STATE, new byte[] {(byte) state.ordinal(), 0, 0, 0});
    }

    private byte[] read(Request request, int size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment structure = arena.allocate(size, Long.BYTES);
            request.call(fd, structure);
            return structure.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private void write(Request request, byte[] state) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment structure = arena.allocate(state.length, Long.BYTES);
            MemorySegment.copy(state, 0, structure, ValueLayout.JAVA_BYTE, 0, state.length);
            request.call(fd, structure);
        }
    }

    /**
     * Reads model-specific registers.
     *
     * @param indexes their numbers, see {@link Msr} and {@link Kvm#msrIndexes}
     * @throws IllegalArgumentException naming the first that this vCPU does not have
     */
    public long[] msrs(int... indexes) {
        return msrs(Request.KVM_GET_MSRS, indexes, new long[indexes.length]);
    }

    /**
     * Writes model-specific registers, in this order.
     *
     * @throws IllegalArgumentException naming the first that this vCPU refuses
     */
    public void setMsrs(int[] indexes, long[] values) {
        msrs(Request.KVM_SET_MSRS, indexes, values);
    }

    private long[] msrs(Request request, int[] indexes, long[] values) {
        long[] result = new long[indexes.length];
        for (int done = 0; done < indexes.length; done += MAX_IO_MSRS) {
            int n = Math.min(MAX_IO_MSRS, indexes.length - done);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment list = arena.allocate(MSRS_HEADER + (long) n * MSRS_ENTRY, 8);
                list.set(ValueLayout.JAVA_INT, 0, n);
                for (int i = 0; i < n; i++) {
                    long at = MSRS_HEADER + (long) i * MSRS_ENTRY;
                    list.set(ValueLayout.JAVA_INT, at, indexes[done + i]);
                    list.set(ValueLayout.JAVA_LONG, at + 8, values[done + i]);
                }
                int accepted = request.call(fd, list);
                if (accepted < n) {
                    throw new IllegalArgumentException(
                            String.format("%s refuses MSR %#x", request, indexes[done + accepted]));
                }
                for (int i = 0; i < n; i++) {
                    long at = MSRS_HEADER + (long) i * MSRS_ENTRY;
                    result[done + i] = list.get(ValueLayout.JAVA_LONG, at + 8);
                }
            }
        }
        return result;
    }

    /** The frequency of its time stamp counter, kHz. */
    public int tscKhz() {
        return Request.KVM_GET_TSC_KHZ.call(fd, 0);
    }

    /** Changes the frequency of its time stamp counter; needs KVM_CAP_TSC_CONTROL if it differs. */
    public void setTscKhz(int khz) {
        Request.KVM_SET_TSC_KHZ.call(fd, khz);
    }

    /**
     * Tells a guest that uses kvm-clock that it was held up, so that its watchdogs forgive the lost
     * time. Without effect on guests that do not use it.
     */
    public void announcePause() {
        Request.KVM_KVMCLOCK_CTRL.attempt(fd, 0);
    }

    /**
     * The guest physical address that a linear address has at present.
     *
     * @return -1 if it is not mapped
     */
    public long translate(long linear) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment translation = arena.allocate(24, Long.BYTES);
            translation.set(ValueLayout.JAVA_LONG, 0, linear);
            Request.KVM_TRANSLATE.call(fd, translation);
            boolean valid = translation.get(ValueLayout.JAVA_BYTE, 16) != 0;
            return valid ? translation.get(ValueLayout.JAVA_LONG, 8) : -1;
        }
    }

    /** The signals that stay blocked while the guest runs, as a kernel mask. */
    void setSignalMask(long mask) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment signals = arena.allocate(12, Integer.BYTES);
            signals.set(ValueLayout.JAVA_INT, 0, Long.BYTES);
            signals.set(ValueLayout.JAVA_LONG_UNALIGNED, 4, mask);
            Request.KVM_SET_SIGNAL_MASK.call(fd, signals);
        }
    }

    @Override
    public void close() {
        runMapping.close();
        fd.close();
    }
}

package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.memory.GuestMemory;

/**
 * What ended a vCPU's run.
 *
 * @param kind what it means for the machine
 * @param vcpu the vCPU's number
 * @param message one line for people
 * @param detail registers and instruction bytes, several lines; empty where they say nothing
 */
public record VcpuExit(Kind kind, int vcpu, String message, String detail) {
    /** What an exit means for the machine. */
    public enum Kind {
        /** Somebody wants the vCPU to pause or stop. */
        KICKED,
        /** {@code hlt} without an in-kernel interrupt controller: nothing will wake it. */
        HALT,
        /** A triple fault: how an x86 CPU resets itself. */
        SHUTDOWN,
        /** The guest asked KVM for a reset. */
        RESET,
        /** The guest asked KVM for power-off. */
        POWER_OFF,
        /** The guest told KVM that it crashed. */
        CRASH,
        /** KVM cannot go on: an instruction it cannot emulate, a state that is not valid. */
        ERROR
    }

    /** The answer to a kick; one object, so that a kick allocates nothing. */
    public static final VcpuExit KICKED = new VcpuExit(Kind.KICKED, -1, "kicked", "");

    // KVM_SYSTEM_EVENT_*
    private static final int SYSTEM_EVENT_SHUTDOWN = 1;
    private static final int SYSTEM_EVENT_RESET = 2;
    private static final int SYSTEM_EVENT_CRASH = 3;

    // KVM_INTERNAL_ERROR_*
    private static final String[] SUBERRORS = {
        "unknown",
        "an instruction that KVM cannot emulate",
        "two exceptions at once",
        "an exit while an event was delivered",
        "an exit that KVM did not expect"
    };

    /** KVM_RUN itself failed. */
    static VcpuExit failure(Vcpu vcpu, GuestMemory memory, int errno) {
        String what =
                errno == Errno.EFAULT
                        ? "the guest touched memory with nothing behind it"
                        : "KVM_RUN: " + Errno.describe(errno);
        return error(vcpu, memory, what);
    }

    /** The exit that the vCPU shows now, one of those that no device answers. */
    static VcpuExit of(Vcpu vcpu, GuestMemory memory) {
        KvmRun run = vcpu.run();
        int reason = run.exitReason();
        return switch (reason) {
            case ExitReason.KVM_EXIT_HLT ->
                    new VcpuExit(Kind.HALT, vcpu.id(), "halted for good", "");
            case ExitReason.KVM_EXIT_SHUTDOWN ->
                    new VcpuExit(
                            Kind.SHUTDOWN,
                            vcpu.id(),
                            "triple fault",
                            VcpuReport.of(vcpu, memory, new byte[0]));
            case ExitReason.KVM_EXIT_SYSTEM_EVENT -> systemEvent(vcpu, memory);
            case ExitReason.KVM_EXIT_INTERNAL_ERROR -> error(vcpu, memory, internal(run));
            case ExitReason.KVM_EXIT_FAIL_ENTRY ->
                    error(
                            vcpu,
                            memory,
                            "the CPU refuses to enter the guest, hardware reason "
                                    + hex(run.hardwareReason()));
            default ->
                    error(
                            vcpu,
                            memory,
                            "unexpected exit " + ExitReason.name(reason) + " from KVM_RUN");
        };
    }

    private static VcpuExit systemEvent(Vcpu vcpu, GuestMemory memory) {
        int type = vcpu.run().systemEventType();
        return switch (type) {
            case SYSTEM_EVENT_SHUTDOWN ->
                    new VcpuExit(Kind.POWER_OFF, vcpu.id(), "power-off through KVM", "");
            case SYSTEM_EVENT_RESET -> new VcpuExit(Kind.RESET, vcpu.id(), "reset through KVM", "");
            case SYSTEM_EVENT_CRASH ->
                    new VcpuExit(Kind.CRASH, vcpu.id(), "the guest reports a crash", "");
            default -> error(vcpu, memory, "system event " + type);
        };
    }

    private static String internal(KvmRun run) {
        int suberror = run.internalSuberror();
        return "KVM internal error "
                + suberror
                + (suberror > 0 && suberror < SUBERRORS.length ? ": " + SUBERRORS[suberror] : "");
    }

    private static VcpuExit error(Vcpu vcpu, GuestMemory memory, String what) {
        boolean emulation = vcpu.run().exitReason() == ExitReason.KVM_EXIT_INTERNAL_ERROR;
        byte[] told = emulation ? vcpu.run().instruction() : new byte[0];
        long rip = vcpu.regs().get(Register.RIP);
        byte[] instruction = VcpuReport.instruction(vcpu, memory, rip, told);
        String message =
                String.format(
                        "vCPU %d at rip %#x: %s; instruction bytes %s",
                        vcpu.id(), rip, what, VcpuReport.hex(instruction));
        return new VcpuExit(
                Kind.ERROR, vcpu.id(), message, VcpuReport.of(vcpu, memory, instruction));
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}

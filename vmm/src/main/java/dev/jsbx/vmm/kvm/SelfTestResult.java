package dev.jsbx.vmm.kvm;

import java.util.List;
import java.util.Locale;

/**
 * What the KVM self-test found.
 *
 * @param obstacle why no Linux can run, to go after "KVM cannot run Linux: "; empty if one can
 * @param nanosPerInstruction of a loop in ring 0
 * @param exitMicros one port exit there and back
 * @param cpuidMasked whether the guest saw the CPUID table that was set
 * @param syscall whether {@code syscall} and {@code sysret} changed the privilege level
 * @param instructions whether the instructions that some KVMs lack were executed
 * @param tookMicros the whole test
 */
public record SelfTestResult(
        String obstacle,
        double nanosPerInstruction,
        double exitMicros,
        boolean cpuidMasked,
        boolean syscall,
        boolean instructions,
        long tookMicros) {

    static SelfTestResult unavailable(String obstacle) {
        return new SelfTestResult(obstacle, 0, 0, false, false, false, 0);
    }

    /** Whether Linux can run on this KVM. */
    public boolean usable() {
        return obstacle.isEmpty();
    }

    /** Whether a guest ran at all, so that the figures mean something. */
    public boolean measured() {
        return tookMicros > 0;
    }

    /**
     * Whether another test would say the same: that nothing was wrong but the time a loop took may
     * have been the doing of a busy host.
     */
    public boolean conclusive() {
        return measured() && (usable() || !(cpuidMasked && syscall && instructions));
    }

    /** One line for people. */
    public String verdict() {
        return usable() ? "KVM can run Linux" : "KVM cannot run Linux: " + obstacle;
    }

    /** The figures, one line each; empty if no guest ran. */
    public List<String> figures() {
        if (!measured()) {
            return List.of();
        }
        return List.of(
                String.format(Locale.ROOT, "ring 0: %.1f ns an instruction", nanosPerInstruction),
                String.format(Locale.ROOT, "port exit: %.1f µs", exitMicros),
                "CPUID masking: " + (cpuidMasked ? "works" : "is ignored"),
                "syscall and sysret: " + (syscall ? "work" : "do not change the privilege level"),
                "fwait in ring 0: " + (instructions ? "works" : "was not reached or not executed"),
                String.format(Locale.ROOT, "self-test took %.1f ms", tookMicros / 1e3));
    }
}

package dev.jsbx.cli.engine;

import dev.jsbx.cli.Failure;
import java.util.List;

/** Starts machines. */
public interface Engine {
    /** The most CPUs that a machine may have. */
    int MAX_CPUS = 8;

    /**
     * Starts a guest. Returns as soon as it runs, long before it has booted.
     *
     * @param slots its devices, in the order in which the guest finds them; they stay the caller's
     * @throws dev.jsbx.cli.Failure if the guest cannot be started
     */
    Machine start(MachineSpec spec, List<Slot> slots);

    /**
     * A number of CPUs as users write it.
     *
     * @throws Failure saying what is possible
     */
    static int cpus(String text) {
        try {
            int n = Integer.parseInt(text);
            if (n >= 1 && n <= MAX_CPUS) {
                return n;
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw Failure.usage("--cpus " + text + " is not possible: use 1 to " + MAX_CPUS);
    }

    /** What a sandbox gets that nobody chose a number for: as many as this host has. */
    static int cpusByDefault() {
        return Math.min(MAX_CPUS, Runtime.getRuntime().availableProcessors());
    }

    /** The engine of a name: {@code kvm} or {@code qemu}. */
    static Engine named(String name) {
        return switch (name) {
            case "kvm" -> new KvmEngine();
            case "qemu" -> new QemuEngine();
            default -> throw new IllegalArgumentException("no engine " + name);
        };
    }
}

package dev.jsbx.vmm.linux;

/**
 * Makes the way into the kernel ahead of need. The first downcall of a JVM takes 20 to 30 ms, in
 * which the linker spins code that no cache keeps; a command has other things to do meanwhile.
 */
public final class Downcalls {
    private Downcalls() {}

    /** Begins on a thread of its own; who needs a system call before it is done waits for it. */
    public static void prepare() {
        Thread.ofPlatform().name("downcalls").daemon().start(() -> Syscall.call(Syscall.GETPID));
    }
}

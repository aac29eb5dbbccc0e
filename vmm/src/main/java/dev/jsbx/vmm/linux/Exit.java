package dev.jsbx.vmm.linux;

/**
 * The end of this process, at once ({@code exit_group(2)}). {@link Runtime#halt} first waits up to
 * 300 ms for threads that are in native code to come back, and one that waits in a read or for a
 * signal does not.
 */
public final class Exit {
    private Exit() {}

    /**
     * Ends this process. No hook runs and nothing is flushed.
     *
     * @param code 0 to 255
     */
    public static void now(int code) {
        Syscall.call(Syscall.EXIT_GROUP, code);
        throw new AssertionError("exit_group does not return");
    }
}

package dev.jsbx.vmm.linux;

/** Whom signals of a terminal reach. */
public final class TerminalSession {
    private TerminalSession() {}

    /**
     * Makes this process the leader of a session of its own ({@code setsid(2)}): what is typed at
     * the terminal that it was started from concerns it no longer. Does nothing if it leads a
     * process group, as one started from a shell does.
     */
    public static void leave() {
        Syscall.call(Syscall.SETSID);
    }
}

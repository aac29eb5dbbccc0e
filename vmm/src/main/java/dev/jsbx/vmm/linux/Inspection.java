package dev.jsbx.vmm.linux;

import java.nio.file.Path;

/** Who may look into this process's memory ({@code prctl(2)}, {@code PR_SET_PTRACER}). */
public final class Inspection {
    private static final int PR_SET_PTRACER = 0x59616d61; // "Yama"
    private static final Path YAMA = Path.of("/proc/sys/kernel/yama/ptrace_scope");

    private Inspection() {}

    /**
     * Lets another process of the same user in, where the host lets in parents only ({@code
     * Documentation/admin-guide/LSM/Yama.rst}). Counts until another one is let in.
     *
     * @throws LinuxException if there is no such process
     */
    public static void allow(long pid) {
        long result = Syscall.call(Syscall.PRCTL, PR_SET_PTRACER, pid, 0, 0, 0);
        if (result == -Errno.EINVAL && java.nio.file.Files.notExists(YAMA)) {
            return; // nobody is kept out
        }
        Syscall.check(result, "prctl(PR_SET_PTRACER, %d)", pid);
    }
}

package dev.jsbx.vmm.linux;

/**
 * As whom the calling thread touches files. Linux keeps user, group and umask per thread; libc
 * spreads changes to all threads, the bare system calls used here do not. Only for platform threads
 * that serve nothing else, since a virtual thread moves about.
 */
public final class ThreadIdentity {
    private static final int CLONE_FS = 0x200;

    private ThreadIdentity() {}

    /**
     * Gives this thread an umask of its own, which is 0: modes are taken as they are given. Other
     * threads keep theirs.
     *
     * @throws LinuxException if the kernel refuses
     */
    public static void maskNothing() {
        Syscall.check(Syscall.call(Syscall.UNSHARE, CLONE_FS), "unshare(CLONE_FS)");
        Syscall.call(Syscall.UMASK, 0);
    }

    /**
     * Has this thread act on files as a user, without supplementary groups and, if that user is not
     * root, without root's powers over files. Needs root; the caller stays what it is otherwise.
     *
     * @throws LinuxException if the kernel refuses
     */
    public static void actAs(int uid, int gid) {
        Syscall.check(Syscall.call(Syscall.SETGROUPS, 0, 0), "setgroups()");
        // Groups first: who is no longer root may not change them.
        Syscall.call(Syscall.SETFSGID, gid);
        Syscall.call(Syscall.SETFSUID, uid);
        // Neither call reports failure; asking for an impossible id tells the present one.
        if (Syscall.call(Syscall.SETFSUID, -1) != uid
                || Syscall.call(Syscall.SETFSGID, -1) != gid) {
            throw new LinuxException(Errno.EPERM, "setfsuid(" + uid + "), setfsgid(" + gid + ")");
        }
    }

    /** The process's effective user. */
    public static int effectiveUser() {
        return (int) Syscall.call(Syscall.GETEUID);
    }

    /** The process's effective group. */
    public static int effectiveGroup() {
        return (int) Syscall.call(Syscall.GETEGID);
    }
}

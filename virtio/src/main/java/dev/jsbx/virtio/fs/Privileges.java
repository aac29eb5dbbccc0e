package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.FsCalls.AT_FDCWD;

import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.Statx;

/**
 * Set-user-ID and set-group-ID of files that the host has made so: Linux clears them when somebody
 * without privilege writes to such a file, and the guest's kernel leaves that to the server
 * (FUSE_HANDLE_KILLPRIV_V2).
 */
final class Privileges {
    private static final int S_IXGRP = 010;
    private static final int PERMISSIONS = 07777;

    private Privileges() {}

    /** Whether the file has one of them. */
    static boolean has(Statx statx) {
        return (statx.mode() & (Statx.S_ISUID | Statx.S_ISGID)) != 0;
    }

    /** Clears set-user-ID, and set-group-ID where group execute gives it that meaning. */
    static void drop(int fd, Statx statx, Scratch scratch) {
        int kept = statx.mode() & ~Statx.S_ISUID;
        if ((kept & S_IXGRP) != 0) {
            kept &= ~Statx.S_ISGID;
        }
        if (kept != statx.mode()) {
            FsCalls.fchmodat(AT_FDCWD, scratch.procPath(fd), kept & PERMISSIONS);
        }
    }
}

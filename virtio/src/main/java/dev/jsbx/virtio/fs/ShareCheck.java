package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.FsCalls.AT_EACCESS;
import static dev.jsbx.vmm.linux.FsCalls.AT_EMPTY_PATH;

import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.Statx;
import dev.jsbx.vmm.linux.ThreadIdentity;
import java.nio.charset.StandardCharsets;

/** Looks, before anything is started, whether a directory can be served as a guest expects. */
final class ShareCheck {
    private static final int READ_AND_SEARCH = 5; // R_OK | X_OK
    private static final int OWNER_BITS = 0500;
    private static final byte[][] ATTRIBUTES = {
        "user.jsbx".getBytes(StandardCharsets.UTF_8),
        "security.jsbx".getBytes(StandardCharsets.UTF_8)
    };

    private ShareCheck() {}

    /**
     * Checks an open directory.
     *
     * @param fd of it, O_PATH
     * @param statx what it is
     * @throws BadShareException saying what is wrong with it
     */
    static void refuseUnusable(Share share, int fd, Statx statx, Ownership ownership) {
        if (!isReadable(fd, statx, ownership)) {
            throw bad(share, Errno.EACCES);
        }
        if (!hasAttributes(fd)) {
            throw new BadShareException(
                    "cannot share "
                            + share.directory()
                            + ": its file system has no extended attributes: choose a directory on"
                            + " another");
        }
    }

    /** What is wrong, by the errno of opening it. */
    static BadShareException bad(Share share, int errno) {
        String next =
                switch (errno) {
                    case Errno.ENOENT -> "create it first";
                    case Errno.ENOTDIR -> "name the directory that holds it";
                    case Errno.EACCES -> "make it readable, or choose another";
                    default -> "choose another";
                };
        return new BadShareException(
                "cannot share " + share.directory() + ": " + Errno.text(errno) + ": " + next);
    }

    /** By whoever it is served as; that may be another user than this thread. */
    private static boolean isReadable(int fd, Statx statx, Ownership ownership) {
        if (ThreadIdentity.effectiveUser() != ownership.hostUid()) {
            return (statx.mode() & OWNER_BITS) == OWNER_BITS;
        }
        int flags = AT_EMPTY_PATH | AT_EACCESS;
        return FsCalls.faccessat2(fd, Scratch.empty(), READ_AND_SEARCH, flags) == 0;
    }

    /** Some have those of users, some only those of the system; some none at all. */
    private static boolean hasAttributes(int fd) {
        Scratch scratch = new Scratch();
        for (byte[] attribute : ATTRIBUTES) {
            long name = scratch.name(attribute);
            if (FsCalls.getxattr(scratch.procPath(fd), name, 0, 0) != -Errno.EOPNOTSUPP) {
                return true;
            }
        }
        return false;
    }
}

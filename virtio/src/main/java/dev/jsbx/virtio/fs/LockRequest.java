package dev.jsbx.virtio.fs;

import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.virtio.fuse.In;

/**
 * What GETLK, SETLK and SETLKW ask for.
 *
 * @param handle the open file
 * @param owner who asks: Linux has one for each process and file
 * @param start the first byte
 * @param end the last byte; {@link Long#MAX_VALUE} means however far the file will reach
 * @param type F_RDLCK, F_WRLCK or F_UNLCK
 * @param pid of the owner, in the guest
 * @param wholeFile whether this is {@code flock(2)}, which knows no ranges
 */
public record LockRequest(
        long handle, long owner, long start, long end, int type, int pid, boolean wholeFile) {

    static LockRequest of(Exchange x) {
        return new LockRequest(
                x.u64(In.Lk.FH),
                x.u64(In.Lk.OWNER),
                x.u64(In.Lk.START),
                x.u64(In.Lk.END),
                x.u32(In.Lk.TYPE),
                x.u32(In.Lk.PID),
                (x.u32(In.Lk.LK_FLAGS) & Fuse.FUSE_LK_FLOCK) != 0);
    }

    boolean isValid() {
        return type >= 0 && type <= 2 && start >= 0 && end >= start;
    }

    /** As {@code struct flock} says it: 0 means to the end. */
    long length() {
        return end == Long.MAX_VALUE ? 0 : end - start + 1;
    }
}

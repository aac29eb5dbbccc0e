package dev.jsbx.virtio.fs;

import java.nio.file.Path;

/**
 * A directory of the host that a guest is given, and on what terms.
 *
 * @param directory shared with all that is beneath it
 * @param readOnly whether the guest may change nothing
 * @param cache what the guest may keep
 * @param crossMounts whether file systems that are mounted beneath the directory are shared too
 * @param guestUid the guest's user whom the files belong to, see {@link Ownership}
 * @param guestGid that user's group
 */
public record Share(
        Path directory,
        boolean readOnly,
        CacheMode cache,
        boolean crossMounts,
        int guestUid,
        int guestGid) {
    /** The uid and gid of the agent in images of jsbx. */
    public static final int AGENT = 1000;

    /** A directory to read and write, cached as {@link CacheMode#AUTO}, one file system only. */
    public static Share of(Path directory) {
        return new Share(directory, false, CacheMode.AUTO, false, AGENT, AGENT);
    }

    /** The same, to read only or not. */
    public Share readOnly(boolean only) {
        return new Share(directory, only, cache, crossMounts, guestUid, guestGid);
    }

    /** The same with another cache mode. */
    public Share cache(CacheMode mode) {
        return new Share(directory, readOnly, mode, crossMounts, guestUid, guestGid);
    }

    /** The same, with what is mounted beneath or without it. */
    public Share crossMounts(boolean cross) {
        return new Share(directory, readOnly, cache, cross, guestUid, guestGid);
    }

    /** The same with another user of the guest as the files' owner. */
    public Share guestOwner(int uid, int gid) {
        return new Share(directory, readOnly, cache, crossMounts, uid, gid);
    }
}

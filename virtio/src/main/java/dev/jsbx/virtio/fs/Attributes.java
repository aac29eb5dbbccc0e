package dev.jsbx.virtio.fs;

import dev.jsbx.vmm.linux.Statx;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What {@code stat(2)} shows the guest of a file: what the host says, with inode number and owners
 * as the guest knows them. Reused from request to request. Not thread-safe.
 */
public final class Attributes {
    private final Statx host;
    private long ino;
    private int uid;
    private int gid;
    private boolean submount;
    private boolean dax;

    /** Over native memory of its own. */
    public Attributes() {
        MemorySegment memory = Arena.ofAuto().allocate(Statx.SIZE, Long.BYTES);
        host = new Statx(memory);
    }

    /** What the host says, to be filled in first. */
    public Statx host() {
        return host;
    }

    /** Sets what the guest sees instead of the host's. */
    void translate(long guestIno, int guestUid, int guestGid, boolean isSubmount, boolean isDax) {
        ino = guestIno;
        uid = guestUid;
        gid = guestGid;
        submount = isSubmount;
        dax = isDax;
    }

    public long ino() {
        return ino;
    }

    public int uid() {
        return uid;
    }

    public int gid() {
        return gid;
    }

    /** Whether a file system of its own begins here. */
    public boolean submount() {
        return submount;
    }

    /** Whether the guest is to map the file instead of reading it. */
    public boolean dax() {
        return dax;
    }
}

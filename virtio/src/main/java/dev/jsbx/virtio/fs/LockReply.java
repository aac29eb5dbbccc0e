package dev.jsbx.virtio.fs;

import dev.jsbx.virtio.fuse.Out;
import dev.jsbx.vmm.linux.RecordLock;
import java.lang.foreign.MemorySegment;

/** What GETLK found. */
public final class LockReply {
    private long start;
    private long end;
    private int type;
    private int pid;

    /** Nothing found yet. */
    public LockReply() {}

    /**
     * Takes over what the kernel says; {@code owner} is the holder's process in the guest, or 0.
     */
    void set(RecordLock lock, int owner) {
        start = lock.start();
        end = lock.length() == 0 ? Long.MAX_VALUE : lock.start() + lock.length() - 1;
        type = lock.type();
        pid = owner;
    }

    /** {@code struct fuse_lk_out}. */
    void writeTo(MemorySegment to) {
        Replies.u64(to, Out.Lk.START, start);
        Replies.u64(to, Out.Lk.END, end);
        Replies.u32(to, Out.Lk.TYPE, type);
        Replies.u32(to, Out.Lk.PID, pid);
    }
}

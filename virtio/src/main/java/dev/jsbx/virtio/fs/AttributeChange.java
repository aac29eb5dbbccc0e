package dev.jsbx.virtio.fs;

import dev.jsbx.virtio.fuse.In;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What a SETATTR request wants changed: a view over the request. */
public final class AttributeChange {
    private final MemorySegment request;

    /** Over a request that is at least {@link In.Setattr#SIZE} long. */
    public AttributeChange(MemorySegment request) {
        this.request = request;
    }

    /** Whether any of these FATTR_ bits is set. */
    public boolean wants(int bits) {
        return (u32(In.Setattr.VALID) & bits) != 0;
    }

    public long handle() {
        return u64(In.Setattr.FH);
    }

    /** The new length in bytes. */
    public long size() {
        return u64(In.Setattr.LENGTH);
    }

    public int mode() {
        return u32(In.Setattr.MODE);
    }

    public int uid() {
        return u32(In.Setattr.UID);
    }

    public int gid() {
        return u32(In.Setattr.GID);
    }

    public long accessSeconds() {
        return u64(In.Setattr.ATIME);
    }

    public int accessNanos() {
        return u32(In.Setattr.ATIMENSEC);
    }

    public long modifySeconds() {
        return u64(In.Setattr.MTIME);
    }

    public int modifyNanos() {
        return u32(In.Setattr.MTIMENSEC);
    }

    private int u32(int offset) {
        return request.get(ValueLayout.JAVA_INT, offset);
    }

    private long u64(int offset) {
        return request.get(ValueLayout.JAVA_LONG, offset);
    }
}

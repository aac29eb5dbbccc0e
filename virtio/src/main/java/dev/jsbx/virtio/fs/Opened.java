package dev.jsbx.virtio.fs;

/** An open file: its handle and how the guest may cache it. Reused. Not thread-safe. */
public final class Opened {
    private long handle;
    private int flags;

    /** Nothing opened yet. */
    public Opened() {}

    void set(long newHandle, int fopenFlags) {
        handle = newHandle;
        flags = fopenFlags;
    }

    public long handle() {
        return handle;
    }

    /** FOPEN_ bits. */
    public int flags() {
        return flags;
    }
}

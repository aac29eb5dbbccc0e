package dev.jsbx.virtio.fs;

import dev.jsbx.vmm.linux.FsCalls;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A file or directory that the guest has open. Its descriptor is closed when the guest has released
 * it and nobody uses it any more, so that a guest which releases what it is reading at the same
 * time does not make that read hit another file.
 */
final class Handle {
    /** No position is known: the next read of the directory seeks first. */
    static final long UNKNOWN = -1;

    private static final VarHandle USES;

    static {
        try {
            USES = MethodHandles.lookup().findVarHandle(Handle.class, "uses", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long id;
    private final int fd;
    private final Inode inode;

    // One for being open, and one for each request that uses it.
    @SuppressWarnings("unused") // through USES
    private volatile int uses = 1;

    /** Where the descriptor of a directory stands; guarded by this. */
    long position;

    /** Whether the file may have a set-user-ID or set-group-ID bit that writing is to clear. */
    volatile boolean privileged;

    Handle(long id, int fd, Inode inode) {
        this.id = id;
        this.fd = fd;
        this.inode = inode;
    }

    long id() {
        return id;
    }

    int fd() {
        return fd;
    }

    Inode inode() {
        return inode;
    }

    /** Begins to use it; false if it has been released. */
    boolean use() {
        int now = (int) USES.getVolatile(this);
        while (now > 0) {
            int before = (int) USES.compareAndExchange(this, now, now + 1);
            if (before == now) {
                return true;
            }
            now = before;
        }
        return false;
    }

    /** Ends a use, or the being open. */
    void done() {
        if ((int) USES.getAndAdd(this, -1) == 1) {
            FsCalls.close(fd);
        }
    }
}

package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EINVAL;
import static dev.jsbx.vmm.linux.Errno.EIO;
import static dev.jsbx.vmm.linux.Errno.ENOSYS;
import static dev.jsbx.vmm.linux.Errno.EPROTO;
import static dev.jsbx.vmm.linux.Errno.EROFS;

import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.virtio.fuse.In;
import dev.jsbx.virtio.fuse.Opcode;
import dev.jsbx.virtio.fuse.Out;

/**
 * Takes requests apart, has the file system do what they ask for, and puts replies together. Any
 * thread may serve any request, each with an {@link Exchange} of its own.
 */
final class FuseServer {
    /** The request waits; it is completed later. */
    static final long LATER = -1;

    private static final int MAX_WRITE = 1 << 20;
    private static final int PAGE = 4096;
    private static final int MAX_BACKGROUND = 128;
    private static final int CONGESTION_THRESHOLD = 96;

    private final FileSystem files;
    private final Share share;
    private final NameRequests names;
    private final FileRequests data;
    private final AttributeRequests attributes;
    private final LockRequests locks;
    private final LockWaits waits;

    /**
     * @param share the terms on which {@code files} are served
     * @param waits where requests wait for locks
     */
    FuseServer(FileSystem files, Share share, LockWaits waits) {
        this.files = files;
        this.share = share;
        names = new NameRequests(files, share);
        data = new FileRequests(files, share);
        attributes = new AttributeRequests(files, share);
        locks = new LockRequests(files, waits);
        this.waits = waits;
    }

    /**
     * Serves the request in the exchange's chain.
     *
     * @return how many bytes of the chain's writable part were filled; 0 where no reply is due;
     *     {@link #LATER}
     */
    long serve(Exchange x) {
        if (!x.take()) {
            return x.length() < In.Header.SIZE ? 0 : x.fail(-EINVAL);
        }
        int opcode = x.opcode();
        if (x.length() < Requests.size(opcode)) {
            return x.fail(-EINVAL);
        }
        if (share.readOnly() && Requests.changes(opcode)) {
            return x.fail(-EROFS);
        }
        return switch (Requests.kind(opcode)) {
            case NAME -> names.serve(x, opcode);
            case FILE -> data.serve(x, opcode);
            case LOCK -> locks.serve(x, opcode);
            case ATTRIBUTE -> attributes.serve(x, opcode);
            case SESSION -> session(x, opcode);
            case UNKNOWN -> x.fail(-ENOSYS);
        };
    }

    private long session(Exchange x, int opcode) {
        return switch (opcode) {
            case Opcode.FUSE_INIT -> init(x);
            case Opcode.FUSE_DESTROY -> {
                files.reset();
                yield x.fail(0);
            }
            case Opcode.FUSE_FORGET -> {
                files.forget(x.node(), x.u64(In.Forget.NLOOKUP));
                yield 0;
            }
            case Opcode.FUSE_BATCH_FORGET -> batchForget(x);
            // Only a request that waits can be interrupted; it has no reply of its own.
            case Opcode.FUSE_INTERRUPT -> {
                waits.interrupt(x.u64(In.Interrupt.UNIQUE));
                yield 0;
            }
            default -> x.fail(-EIO);
        };
    }

    private long batchForget(Exchange x) {
        long count = x.u32(In.BatchForget.COUNT) & 0xffffffffL;
        long room = (x.from().length() - In.BatchForget.SIZE) / In.BatchForget.ONE_SIZE;
        for (long i = 0; i < Math.min(count, room); i++) {
            long at = In.BatchForget.SIZE + i * In.BatchForget.ONE_SIZE;
            files.forget(
                    x.from().getLong(at + In.BatchForget.ONE_NODEID),
                    x.from().getLong(at + In.BatchForget.ONE_NLOOKUP));
        }
        return 0;
    }

    /** A new guest, or the old one anew: whatever was known of the last session is void. */
    private long init(Exchange x) {
        files.reset();
        int major = x.u32(In.Init.MAJOR);
        int minor = x.u32(In.Init.MINOR);
        if (major < Fuse.FUSE_KERNEL_VERSION
                || major == Fuse.FUSE_KERNEL_VERSION && minor < Fuse.OLDEST_MINOR_VERSION) {
            return x.fail(-EPROTO);
        }
        x.payload().asSlice(0, Out.Init.SIZE).fill((byte) 0);
        Replies.u32(x.payload(), Out.Init.MAJOR, Fuse.FUSE_KERNEL_VERSION);
        Replies.u32(x.payload(), Out.Init.MINOR, Fuse.FUSE_KERNEL_MINOR_VERSION);
        if (major > Fuse.FUSE_KERNEL_VERSION) {
            // The guest asks again with a version that both speak.
            return x.reply(Out.Init.SIZE);
        }
        long offered = x.u32(In.Init.FLAGS) & 0xffffffffL;
        if ((offered & Fuse.FUSE_INIT_EXT) != 0 && x.length() >= In.Init.SIZE_EXT) {
            offered |= (long) x.u32(In.Init.FLAGS2) << 32;
        }
        long agreed = offered & wanted();
        Replies.u32(x.payload(), Out.Init.MAX_READAHEAD, x.u32(In.Init.MAX_READAHEAD));
        Replies.u32(x.payload(), Out.Init.FLAGS, (int) agreed);
        Replies.u32(x.payload(), Out.Init.FLAGS2, (int) (agreed >>> 32));
        Replies.u16(x.payload(), Out.Init.MAX_BACKGROUND, MAX_BACKGROUND);
        Replies.u16(x.payload(), Out.Init.CONGESTION_THRESHOLD, CONGESTION_THRESHOLD);
        Replies.u32(x.payload(), Out.Init.MAX_WRITE, MAX_WRITE);
        Replies.u32(x.payload(), Out.Init.TIME_GRAN, 1);
        Replies.u16(x.payload(), Out.Init.MAX_PAGES, MAX_WRITE / PAGE);
        if (files.mapsFiles()) {
            Replies.u16(x.payload(), Out.Init.MAP_ALIGNMENT, DaxWindow.MAP_ALIGNMENT);
        }
        return x.reply(Out.Init.SIZE);
    }

    private long wanted() {
        long always =
                Fuse.FUSE_ASYNC_READ
                        | Fuse.FUSE_ATOMIC_O_TRUNC
                        | Fuse.FUSE_BIG_WRITES
                        | Fuse.FUSE_AUTO_INVAL_DATA
                        | Fuse.FUSE_ASYNC_DIO
                        | Fuse.FUSE_PARALLEL_DIROPS
                        | Fuse.FUSE_MAX_PAGES
                        | Fuse.FUSE_CACHE_SYMLINKS
                        | Fuse.FUSE_HANDLE_KILLPRIV_V2
                        | Fuse.FUSE_INIT_EXT;
        long byMode =
                share.cache() == CacheMode.NONE
                        ? Fuse.FUSE_DIRECT_IO_ALLOW_MMAP
                        : Fuse.FUSE_DO_READDIRPLUS | Fuse.FUSE_READDIRPLUS_AUTO;
        return always
                | byMode
                | (share.guestLocks() ? 0 : Fuse.FUSE_POSIX_LOCKS | Fuse.FUSE_FLOCK_LOCKS)
                | (share.crossMounts() ? Fuse.FUSE_SUBMOUNTS : 0)
                | (files.mapsFiles() ? Fuse.FUSE_MAP_ALIGNMENT | Fuse.FUSE_HAS_INODE_DAX : 0);
    }
}

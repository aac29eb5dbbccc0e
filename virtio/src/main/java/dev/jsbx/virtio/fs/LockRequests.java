package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EAGAIN;
import static dev.jsbx.vmm.linux.RecordLock.F_UNLCK;

import dev.jsbx.virtio.fuse.In;
import dev.jsbx.virtio.fuse.Opcode;
import dev.jsbx.virtio.fuse.Out;

/** Requests about locks, and those that end locks by the way. */
final class LockRequests {
    private final FileSystem files;
    private final LockWaits waits;

    LockRequests(FileSystem files, LockWaits waits) {
        this.files = files;
        this.waits = waits;
    }

    long serve(Exchange x, int opcode) {
        return switch (opcode) {
            case Opcode.FUSE_GETLK -> getlk(x);
            case Opcode.FUSE_SETLK -> setlk(x, false);
            case Opcode.FUSE_SETLKW -> setlk(x, true);
            case Opcode.FUSE_FLUSH -> {
                int result = files.flush(x.u64(In.Flush.FH), x.u64(In.Flush.LOCK_OWNER));
                waits.retry();
                yield x.fail(result);
            }
            default -> {
                int result = files.release(x.u64(In.Release.FH));
                waits.retry();
                yield x.fail(result);
            }
        };
    }

    private long getlk(Exchange x) {
        LockReply reply = new LockReply();
        int result = files.getlk(LockRequest.of(x), reply);
        if (result < 0) {
            return x.fail(result);
        }
        reply.writeTo(x.payload());
        return x.reply(Out.Lk.SIZE);
    }

    private long setlk(Exchange x, boolean wait) {
        LockRequest request = LockRequest.of(x);
        int result = files.setlk(request);
        if (result == -EAGAIN && wait) {
            int parked = waits.park(x, request);
            return parked == 0 ? FuseServer.LATER : x.fail(parked);
        }
        if (result == 0 && request.type() == F_UNLCK) {
            waits.retry();
        }
        return x.fail(result);
    }
}

package dev.jsbx.virtio.fs;

import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.virtio.fuse.In;
import dev.jsbx.virtio.fuse.Opcode;
import dev.jsbx.virtio.fuse.Out;
import dev.jsbx.virtio.mock.MockBuffer;
import dev.jsbx.virtio.mock.MockMemory;
import dev.jsbx.virtio.mock.MockQueue;
import dev.jsbx.virtio.queue.QueueState;
import dev.jsbx.virtio.queue.RingFeatures;
import dev.jsbx.virtio.queue.VirtQueue;
import dev.jsbx.vmm.memory.MemoryWindow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The guest's kernel as far as a FUSE server sees it: sends raw requests over a virtqueue in plain
 * memory and has each served on the calling thread. Checks on each reply that its header, the used
 * length and the request belong together, as Linux does.
 */
public final class FuseClient implements AutoCloseable {
    /** The file system's root. */
    public static final long ROOT = Fuse.FUSE_ROOT_ID;

    private static final int MEMORY = 8 << 20;
    private static final int ROOM = 128 << 10;

    /**
     * What came back.
     *
     * @param error 0 or {@code -errno}
     * @param payload behind the header
     */
    public record Reply(int error, ByteBuffer payload) {
        long node() {
            return payload.getLong(Out.Entry.NODEID);
        }

        /** Of an entry. */
        long attribute64(int field) {
            return payload.getLong(Out.Entry.ATTR + field);
        }

        /** Of an entry. */
        int attribute32(int field) {
            return payload.getInt(Out.Entry.ATTR + field);
        }

        /** Of OPEN. */
        long handle() {
            return payload.getLong(Out.Open.FH);
        }

        /** Of CREATE. */
        long createdHandle() {
            return payload.getLong(Out.Entry.SIZE + Out.Open.FH);
        }

        byte[] bytes() {
            byte[] bytes = new byte[payload.remaining()];
            payload.duplicate().get(bytes);
            return bytes;
        }
    }

    private final Passthrough files;
    private final FuseServer server;
    private final LockWaits waits;
    private final Exchange exchange = new Exchange(FuseClient::noCompletion);
    private final MockMemory memory = new MockMemory(MEMORY);
    private final MockQueue queue = new MockQueue(memory, 64);
    private final VirtQueue ring =
            new VirtQueue(
                    memory.guest(),
                    queue.rings(),
                    RingFeatures.VIRTIO_F_VERSION_1,
                    QueueState.FRESH,
                    reason -> {
                        throw new AssertionError(reason);
                    });
    private final long mark = memory.mark();
    private long unique;

    /** Serves a directory to itself. */
    public FuseClient(Share share) {
        files = new Passthrough(share);
        waits = new LockWaits(files, null);
        server = new FuseServer(files, share, waits);
    }

    /** The same with a window for what it maps, which stays the caller's. */
    FuseClient(Share share, MemoryWindow window) {
        this(share);
        files.map(window);
    }

    private static void noCompletion(Exchange exchange, long written) {
        throw new AssertionError("a late reply");
    }

    /** What is served. */
    Passthrough files() {
        return files;
    }

    /** Sends a request whose body follows the header, with room for the reply. */
    public Reply call(int opcode, long node, byte[] body) {
        return call(opcode, node, body, ROOM);
    }

    /** The same with that much room for the reply's payload. */
    public Reply call(int opcode, long node, byte[] body, int room) {
        ByteBuffer request = buffer(In.Header.SIZE + body.length);
        request.putInt(In.Header.LEN, In.Header.SIZE + body.length);
        request.putInt(In.Header.OPCODE, opcode);
        request.putLong(In.Header.UNIQUE, ++unique);
        request.putLong(In.Header.NODEID, node);
        request.putInt(In.Header.UID, 1000);
        request.putInt(In.Header.GID, 1000);
        request.put(In.Header.SIZE, body);
        return reply(raw(request.array(), Out.Header.SIZE + room), unique);
    }

    /** Sends any bytes at all, and gives what was written in return. */
    byte[] raw(byte[] request, int room) {
        memory.recycle(mark);
        MockBuffer to = memory.readable(request);
        MockBuffer from = memory.writable(Math.max(1, room));
        if (room > 0) {
            queue.add(to, from);
        } else {
            queue.add(to);
        }
        if (!ring.pop(exchange.chain())) {
            throw new AssertionError("nothing in the queue");
        }
        ring.push(exchange.chain(), server.serve(exchange));
        long written = queue.takeUsed().written();
        if (written > room) {
            throw new AssertionError(written + " bytes written where " + room + " fit");
        }
        return Arrays.copyOf(from.bytes(), (int) written);
    }

    private static Reply reply(byte[] bytes, long unique) {
        if (bytes.length == 0) {
            return new Reply(0, buffer(0));
        }
        ByteBuffer reply = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int length = reply.getInt(Out.Header.LEN);
        int error = reply.getInt(Out.Header.ERROR);
        if (length != bytes.length
                || reply.getLong(Out.Header.UNIQUE) != unique
                || error > 0
                || error != 0 && length != Out.Header.SIZE) {
            throw new AssertionError(
                    "a reply of " + bytes.length + " bytes says " + length + ", error " + error);
        }
        return new Reply(
                error, reply.slice(Out.Header.SIZE, length - Out.Header.SIZE).order(reply.order()));
    }

    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A request's structure of {@code size} bytes (from {@link In}), then strings. */
    static ByteBuffer body(int size, String... names) {
        int length = size - In.Header.SIZE;
        for (String name : names) {
            length += name.getBytes(StandardCharsets.UTF_8).length + 1;
        }
        ByteBuffer body = buffer(length);
        int at = size - In.Header.SIZE;
        for (String name : names) {
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            body.put(at, bytes);
            at += bytes.length + 1;
        }
        return body;
    }

    /** The same field as in the whole request. */
    static int at(int field) {
        return field - In.Header.SIZE;
    }

    Reply init(long flags) {
        ByteBuffer body = body(In.Init.SIZE_EXT);
        body.putInt(at(In.Init.MAJOR), 7);
        body.putInt(at(In.Init.MINOR), 41);
        body.putInt(at(In.Init.MAX_READAHEAD), 1 << 17);
        body.putInt(at(In.Init.FLAGS), (int) flags);
        body.putInt(at(In.Init.FLAGS2), (int) (flags >>> 32));
        return call(Opcode.FUSE_INIT, 0, body.array());
    }

    /** LOOKUP. */
    public Reply lookup(long parent, String name) {
        return call(Opcode.FUSE_LOOKUP, parent, body(In.Header.SIZE, name).array());
    }

    Reply forget(long node, long times) {
        ByteBuffer body = body(In.Forget.SIZE);
        body.putLong(at(In.Forget.NLOOKUP), times);
        return call(Opcode.FUSE_FORGET, node, body.array(), -Out.Header.SIZE);
    }

    Reply getattr(long node) {
        return call(Opcode.FUSE_GETATTR, node, body(In.Getattr.SIZE).array());
    }

    Reply mkdir(long parent, String name, int mode) {
        ByteBuffer body = body(In.Mkdir.SIZE, name);
        body.putInt(at(In.Mkdir.MODE), mode);
        return call(Opcode.FUSE_MKDIR, parent, body.array());
    }

    Reply mknod(long parent, String name, int mode) {
        ByteBuffer body = body(In.Mknod.SIZE, name);
        body.putInt(at(In.Mknod.MODE), mode);
        return call(Opcode.FUSE_MKNOD, parent, body.array());
    }

    Reply symlink(long parent, String name, String target) {
        byte[] body = body(In.Header.SIZE, name, target).array();
        return call(Opcode.FUSE_SYMLINK, parent, body);
    }

    Reply readlink(long node) {
        return call(Opcode.FUSE_READLINK, node, new byte[0]);
    }

    Reply unlink(long parent, String name) {
        return call(Opcode.FUSE_UNLINK, parent, body(In.Header.SIZE, name).array());
    }

    Reply rmdir(long parent, String name) {
        return call(Opcode.FUSE_RMDIR, parent, body(In.Header.SIZE, name).array());
    }

    Reply rename(long parent, String name, long newParent, String newName, int flags) {
        ByteBuffer body = body(In.Rename2.SIZE, name, newName);
        body.putLong(at(In.Rename2.NEWDIR), newParent);
        body.putInt(at(In.Rename2.FLAGS), flags);
        return call(Opcode.FUSE_RENAME2, parent, body.array());
    }

    Reply link(long node, long newParent, String newName) {
        ByteBuffer body = body(In.Link.SIZE, newName);
        body.putLong(at(In.Link.OLDNODEID), node);
        return call(Opcode.FUSE_LINK, newParent, body.array());
    }

    Reply create(long parent, String name, int flags, int mode) {
        ByteBuffer body = body(In.Create.SIZE, name);
        body.putInt(at(In.Create.FLAGS), flags);
        body.putInt(at(In.Create.MODE), mode);
        return call(Opcode.FUSE_CREATE, parent, body.array());
    }

    Reply tmpfile(long parent, int flags, int mode) {
        ByteBuffer body = body(In.Create.SIZE, "#tmp");
        body.putInt(at(In.Create.FLAGS), flags);
        body.putInt(at(In.Create.MODE), mode);
        return call(Opcode.FUSE_TMPFILE, parent, body.array());
    }

    /** OPEN. */
    public Reply open(long node, int flags) {
        ByteBuffer body = body(In.Open.SIZE);
        body.putInt(at(In.Open.FLAGS), flags);
        return call(Opcode.FUSE_OPEN, node, body.array());
    }

    Reply opendir(long node) {
        return call(Opcode.FUSE_OPENDIR, node, body(In.Open.SIZE).array());
    }

    /** READ. */
    public Reply read(long handle, long offset, int bytes) {
        return list(Opcode.FUSE_READ, handle, offset, bytes);
    }

    /** READ, READDIR or READDIRPLUS. */
    Reply list(int opcode, long handle, long offset, int bytes) {
        ByteBuffer body = body(In.Read.SIZE);
        body.putLong(at(In.Read.FH), handle);
        body.putLong(at(In.Read.OFFSET), offset);
        body.putInt(at(In.Read.BYTES), bytes);
        return call(opcode, 0, body.array(), bytes);
    }

    Reply write(long handle, long offset, byte[] data) {
        return write(handle, offset, data, 0, 0);
    }

    Reply write(long handle, long offset, byte[] data, int flags, int writeFlags) {
        ByteBuffer body = buffer(at(In.Write.SIZE) + data.length);
        body.putLong(at(In.Write.FH), handle);
        body.putLong(at(In.Write.OFFSET), offset);
        body.putInt(at(In.Write.BYTES), data.length);
        body.putInt(at(In.Write.WRITE_FLAGS), writeFlags);
        body.putInt(at(In.Write.FLAGS), flags);
        body.put(at(In.Write.SIZE), data);
        return call(Opcode.FUSE_WRITE, 0, body.array());
    }

    Reply flush(long handle, long owner) {
        ByteBuffer body = body(In.Flush.SIZE);
        body.putLong(at(In.Flush.FH), handle);
        body.putLong(at(In.Flush.LOCK_OWNER), owner);
        return call(Opcode.FUSE_FLUSH, 0, body.array());
    }

    Reply release(long handle) {
        return release(Opcode.FUSE_RELEASE, handle);
    }

    Reply releasedir(long handle) {
        return release(Opcode.FUSE_RELEASEDIR, handle);
    }

    private Reply release(int opcode, long handle) {
        ByteBuffer body = body(In.Release.SIZE);
        body.putLong(at(In.Release.FH), handle);
        return call(opcode, 0, body.array());
    }

    /** SETATTR with these FATTR_ bits; {@code value} is what the one that is set means. */
    Reply setattr(long node, int valid, long value) {
        ByteBuffer body = body(In.Setattr.SIZE);
        body.putInt(at(In.Setattr.VALID), valid);
        body.putLong(at(In.Setattr.LENGTH), value);
        body.putInt(at(In.Setattr.MODE), (int) value);
        body.putInt(at(In.Setattr.UID), (int) value);
        body.putInt(at(In.Setattr.GID), (int) value);
        body.putLong(at(In.Setattr.ATIME), value);
        body.putLong(at(In.Setattr.MTIME), value);
        return call(Opcode.FUSE_SETATTR, node, body.array());
    }

    /** GETLK or SETLK; {@code lkFlags} of 1 means {@code flock(2)}. */
    Reply lock(int opcode, long handle, long owner, int type, long start, long end, int lkFlags) {
        return call(opcode, 0, lockBody(handle, owner, type, start, end, lkFlags));
    }

    static byte[] lockBody(long handle, long owner, int type, long start, long end, int lkFlags) {
        ByteBuffer body = body(In.Lk.SIZE);
        body.putLong(at(In.Lk.FH), handle);
        body.putLong(at(In.Lk.OWNER), owner);
        body.putLong(at(In.Lk.START), start);
        body.putLong(at(In.Lk.END), end);
        body.putInt(at(In.Lk.TYPE), type);
        body.putInt(at(In.Lk.PID), (int) (owner + 100));
        body.putInt(at(In.Lk.LK_FLAGS), lkFlags);
        return body.array();
    }

    Reply setxattr(long node, String name, byte[] value, int flags) {
        ByteBuffer head = body(In.Setxattr.SIZE, name);
        ByteBuffer body = buffer(head.capacity() + value.length);
        body.put(0, head.array());
        body.putInt(at(In.Setxattr.BYTES), value.length);
        body.putInt(at(In.Setxattr.FLAGS), flags);
        body.put(head.capacity(), value);
        return call(Opcode.FUSE_SETXATTR, node, body.array());
    }

    Reply getxattr(long node, String name, int size) {
        ByteBuffer body = body(In.Getxattr.SIZE, name);
        body.putInt(at(In.Getxattr.BYTES), size);
        return call(Opcode.FUSE_GETXATTR, node, body.array());
    }

    Reply listxattr(long node, int size) {
        ByteBuffer body = body(In.Getxattr.SIZE);
        body.putInt(at(In.Getxattr.BYTES), size);
        return call(Opcode.FUSE_LISTXATTR, node, body.array());
    }

    Reply removexattr(long node, String name) {
        return call(Opcode.FUSE_REMOVEXATTR, node, body(In.Header.SIZE, name).array());
    }

    /** SETUPMAPPING. */
    Reply map(long node, long flags, long fileOffset, long length, long at) {
        ByteBuffer body = body(In.Setupmapping.SIZE);
        body.putLong(at(In.Setupmapping.FH), -1);
        body.putLong(at(In.Setupmapping.FOFFSET), fileOffset);
        body.putLong(at(In.Setupmapping.LEN), length);
        body.putLong(at(In.Setupmapping.FLAGS), flags);
        body.putLong(at(In.Setupmapping.MOFFSET), at);
        return call(Opcode.FUSE_SETUPMAPPING, node, body.array());
    }

    /** REMOVEMAPPING of pairs of place and length, which says that they are {@code count}. */
    Reply unmap(int count, long... ranges) {
        int head = at(In.Removemapping.SIZE);
        ByteBuffer body = buffer(head + ranges.length * Long.BYTES);
        body.putInt(at(In.Removemapping.COUNT), count);
        for (int i = 0; i < ranges.length; i++) {
            body.putLong(head + i * Long.BYTES, ranges[i]);
        }
        return call(Opcode.FUSE_REMOVEMAPPING, 0, body.array());
    }

    @Override
    public void close() {
        waits.close();
        files.close();
        memory.close();
    }
}

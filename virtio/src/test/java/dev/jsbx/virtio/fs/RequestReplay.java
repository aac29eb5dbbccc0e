package dev.jsbx.virtio.fs;

import static dev.jsbx.virtio.fs.FuseClient.ROOT;
import static dev.jsbx.virtio.fs.FuseClient.at;
import static dev.jsbx.virtio.fs.FuseClient.body;
import static dev.jsbx.virtio.fs.FuseClient.buffer;

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
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Requests laid out in guest memory once, to be served again and again without anything being
 * allocated on the driver's side: for benchmarks. The share has a file {@code file0} of 1 MiB.
 */
public final class RequestReplay implements AutoCloseable {
    private static final int O_RDWR = 2;
    private static final int MIB = 1 << 20;
    private static final int PAGE = 4096;

    /** Room for the replies to requests that do not say themselves how long theirs may be. */
    private static final int ROOM = 256;

    private static final int LISTING = 64 << 10;

    /** A request and its reply. */
    public record Request(int head, MockBuffer request, MockBuffer reply) {}

    private final MockMemory memory = new MockMemory(64 << 20);
    private final MockQueue queue = new MockQueue(memory, 64);
    private final Passthrough files;
    private final LockWaits waits;
    private final FuseServer server;
    private final VirtQueue ring;
    private final Exchange exchange = new Exchange((late, written) -> {});

    public final Request read4k;
    public final Request read1m;
    public final Request write4k;
    public final Request write1m;
    public final Request lookup;
    public final Request lookupNothing;
    public final Request getattr;
    public final Request setattr;
    public final Request open;
    public final Request readdirplus;
    public final Request statfs;
    public final Request getxattr;
    private final Request release;
    private final Request create;
    private final Request forget;
    private final Request unlink;

    /** Serves a directory to itself. */
    public RequestReplay(Path directory) {
        Share share = Share.of(directory);
        files = new Passthrough(share);
        waits = new LockWaits(files, null);
        server = new FuseServer(files, share, waits);
        ring =
                new VirtQueue(
                        memory.guest(),
                        queue.rings(),
                        RingFeatures.OFFERED,
                        QueueState.FRESH,
                        reason -> {
                            throw new IllegalStateException(reason);
                        });
        lookup = request(Opcode.FUSE_LOOKUP, ROOT, body(In.Header.SIZE, "file0"), ROOM);
        lookupNothing = request(Opcode.FUSE_LOOKUP, ROOT, body(In.Header.SIZE, "none"), ROOM);
        long node = lookup.reply.segment().get(ValueLayout.JAVA_LONG, Out.Header.SIZE);
        getattr = request(Opcode.FUSE_GETATTR, node, body(In.Getattr.SIZE), ROOM);
        ByteBuffer mode = body(In.Setattr.SIZE);
        mode.putInt(at(In.Setattr.VALID), Fuse.FATTR_MODE).putInt(at(In.Setattr.MODE), 0644);
        setattr = request(Opcode.FUSE_SETATTR, node, mode, ROOM);
        ByteBuffer flags = body(In.Open.SIZE);
        flags.putInt(at(In.Open.FLAGS), O_RDWR);
        open = request(Opcode.FUSE_OPEN, node, flags, ROOM);
        long handle = handle(open, 0);
        read4k = read(Opcode.FUSE_READ, handle, PAGE);
        read1m = read(Opcode.FUSE_READ, handle, MIB);
        write4k = write(handle, PAGE);
        write1m = write(handle, MIB);
        serve(open);
        release = request(Opcode.FUSE_RELEASE, node, releasing(handle(open, 0)), ROOM);
        Request opendir = request(Opcode.FUSE_OPENDIR, ROOT, body(In.Open.SIZE), ROOM);
        readdirplus = read(Opcode.FUSE_READDIRPLUS, handle(opendir, 0), LISTING);
        statfs = request(Opcode.FUSE_STATFS, ROOT, buffer(0), ROOM);
        ByteBuffer name = body(In.Getxattr.SIZE, "security.capability");
        getxattr = request(Opcode.FUSE_GETXATTR, node, name, ROOM);
        ByteBuffer made = body(In.Create.SIZE, "new");
        made.putInt(at(In.Create.FLAGS), O_RDWR).putInt(at(In.Create.MODE), 0644);
        create = request(Opcode.FUSE_CREATE, ROOT, made, ROOM);
        ByteBuffer once = body(In.Forget.SIZE);
        once.putLong(at(In.Forget.NLOOKUP), 1);
        forget = request(Opcode.FUSE_FORGET, created(), once, 1);
        unlink = request(Opcode.FUSE_UNLINK, ROOT, body(In.Header.SIZE, "new"), ROOM);
        List.of(read4k, read1m, write4k, write1m, lookup, getattr, setattr, readdirplus, statfs)
                .forEach(this::requireSuccess);
    }

    /** A refusal would be measured as a very fast request. */
    private void requireSuccess(Request request) {
        serve(request);
        int error = request.reply.segment().get(ValueLayout.JAVA_INT, Out.Header.ERROR);
        if (error != 0) {
            throw new IllegalStateException(request + " is answered " + error);
        }
    }

    private static ByteBuffer releasing(long handle) {
        return body(In.Release.SIZE).putLong(at(In.Release.FH), handle);
    }

    private Request read(int opcode, long handle, int bytes) {
        ByteBuffer body = body(In.Read.SIZE);
        body.putLong(at(In.Read.FH), handle).putInt(at(In.Read.BYTES), bytes);
        return request(opcode, ROOT, body, bytes);
    }

    private Request write(long handle, int bytes) {
        ByteBuffer body = buffer(at(In.Write.SIZE) + bytes);
        body.putLong(at(In.Write.FH), handle).putInt(at(In.Write.BYTES), bytes);
        return request(Opcode.FUSE_WRITE, ROOT, body, ROOM);
    }

    /** Lays a request out as Linux does, its data in pages, and has it served once. */
    private Request request(int opcode, long node, ByteBuffer body, int room) {
        ByteBuffer bytes = buffer(In.Header.SIZE + body.capacity());
        bytes.putInt(In.Header.LEN, bytes.capacity());
        bytes.putInt(In.Header.OPCODE, opcode);
        bytes.putLong(In.Header.NODEID, node);
        bytes.put(In.Header.SIZE, body.array());
        MockBuffer in = memory.readable(bytes.array());
        MockBuffer out = memory.writable(Out.Header.SIZE + room);
        Request request = new Request(queue.addIndirect(pages(in, out)), in, out);
        serveNext();
        return request;
    }

    private static MockBuffer[] pages(MockBuffer in, MockBuffer out) {
        MockBuffer[] first = MockQueue.cut(in, PAGE);
        MockBuffer[] second = MockQueue.cut(out, PAGE);
        MockBuffer[] all = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private long serveNext() {
        if (!ring.pop(exchange.chain())) {
            throw new IllegalStateException("nothing in the queue");
        }
        long written = server.serve(exchange);
        ring.push(exchange.chain(), written);
        return written;
    }

    /**
     * Serves a request once more.
     *
     * @return bytes written
     */
    public long serve(Request request) {
        queue.offer(request.head);
        return serveNext();
    }

    /** Serves an OPEN, and releases what it opened. */
    public long serveOpened(Request opening) {
        serve(opening);
        return release(handle(opening, 0));
    }

    /** Makes a file, closes, forgets and removes it. */
    public long serveCreated() {
        serve(create);
        release(handle(create, Out.Entry.SIZE));
        forget.request.segment().set(ValueLayout.JAVA_LONG, In.Header.NODEID, created());
        serve(forget);
        return serve(unlink);
    }

    private long release(long handle) {
        release.request.segment().set(ValueLayout.JAVA_LONG, In.Release.FH, handle);
        return serve(release);
    }

    private long created() {
        return create.reply.segment().get(ValueLayout.JAVA_LONG, Out.Header.SIZE);
    }

    private static long handle(Request opening, int behind) {
        return opening.reply
                .segment()
                .get(ValueLayout.JAVA_LONG, Out.Header.SIZE + behind + Out.Open.FH);
    }

    @Override
    public void close() {
        waits.close();
        files.close();
        memory.close();
    }
}

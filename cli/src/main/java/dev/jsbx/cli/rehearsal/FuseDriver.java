package dev.jsbx.cli.rehearsal;

import dev.jsbx.virtio.fuse.In;
import dev.jsbx.virtio.fuse.Out;
import dev.jsbx.virtio.queue.DriverQueue;
import dev.jsbx.virtio.vhostuser.FrontEnd;
import dev.jsbx.vmm.linux.Epoll;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * A queue as Linux's virtio-fs uses it: each request with its reply in one indirect table; request,
 * data and reply in buffers of their own. The requests share that of the reply, so only what has
 * none may be under way with others.
 */
final class FuseDriver implements AutoCloseable {
    /** What two of them take of the guest's memory, in bytes. */
    static final long MEMORY = 1L << 20;

    private static final int SIZE = 16;
    private static final int TABLE_ENTRIES = 4;
    private static final int TABLE_BYTES = TABLE_ENTRIES * DriverQueue.DESCRIPTOR_SIZE;
    private static final int REQUEST_BYTES = 1 << 10;
    private static final int PAGE = 4096;

    private final FrontEnd.Queue queue;
    private final MemorySegment memory;
    private final long tables;
    private final long requests;
    private final long data;
    private final long reply;
    private final Epoll readiness = new Epoll(1);
    private int added;
    private int taken;
    private int length;

    /** Makes the queue of that index. */
    FuseDriver(FrontEnd machine, int index) {
        memory = machine.memory();
        tables = machine.allocate((long) SIZE * TABLE_BYTES, DriverQueue.DESCRIPTOR_SIZE);
        requests = machine.allocate((long) SIZE * REQUEST_BYTES, Long.BYTES);
        data = machine.allocate(PAGE, PAGE);
        reply = machine.allocate(Out.Header.SIZE + PAGE, Long.BYTES);
        queue = machine.queue(index, SIZE);
        readiness.add(queue.call().fd().number(), Epoll.EPOLLIN, 0);
    }

    /** Begins a request whose structure, header included, has that size. */
    void begin(int opcode, long node, int size) {
        memory.asSlice(request(), REQUEST_BYTES).fill((byte) 0);
        length = size;
        u32(In.Header.OPCODE, opcode);
        u64(In.Header.NODEID, node);
    }

    void u32(int offset, int value) {
        memory.set(ValueLayout.JAVA_INT, request() + offset, value);
    }

    void u64(int offset, long value) {
        memory.set(ValueLayout.JAVA_LONG, request() + offset, value);
    }

    /** Adds a name behind what there is. */
    void name(String name) {
        byte[] bytes = (name + '\0').getBytes(StandardCharsets.UTF_8);
        MemorySegment.copy(
                bytes, 0, memory, ValueLayout.JAVA_BYTE, request() + length, bytes.length);
        length += bytes.length;
    }

    /** Has the request served. */
    void ask() {
        askWithData(0);
    }

    /** Has it served with so many bytes of data, at most 4096. */
    void askWithData(int bytes) {
        offer(bytes);
        await();
    }

    /** Shows it to the device without waiting for its reply. */
    void offer() {
        offer(0);
    }

    private void offer(int bytes) {
        u32(In.Header.LEN, length + bytes);
        int slot = added % SIZE;
        long at = tables + (long) slot * TABLE_BYTES;
        MemorySegment table = memory.asSlice(at, TABLE_BYTES);
        int parts = 0;
        DriverQueue.describe(table, parts, request(), length, false, ++parts);
        if (bytes > 0) {
            DriverQueue.describe(table, parts, data, bytes, false, ++parts);
        }
        DriverQueue.describe(table, parts, reply, Out.Header.SIZE + PAGE, true, -1);
        queue.rings().describeTable(slot, at, parts + 1);
        queue.rings().offer(slot);
        queue.publish();
        added++;
    }

    /** Waits until all that was shown is served. */
    void await() {
        while (taken < added) {
            if (queue.rings().take()) {
                taken++;
            } else if (queue.rings().awaitUsed()) {
                readiness.await(-1);
                queue.call().drain();
            }
        }
    }

    /** A value of the last reply, behind its header. */
    long reply64(int offset) {
        return memory.get(ValueLayout.JAVA_LONG, reply + Out.Header.SIZE + offset);
    }

    private long request() {
        return requests + (long) (added % SIZE) * REQUEST_BYTES;
    }

    @Override
    public void close() {
        readiness.close();
    }
}

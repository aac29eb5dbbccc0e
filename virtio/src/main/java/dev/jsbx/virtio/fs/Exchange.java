package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EINVAL;

import dev.jsbx.virtio.fuse.In;
import dev.jsbx.virtio.fuse.Opcode;
import dev.jsbx.virtio.fuse.Out;
import dev.jsbx.virtio.queue.DescriptorChain;
import dev.jsbx.virtio.queue.ReadableBuffers;
import dev.jsbx.virtio.queue.WritableBuffers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One request and its reply: the chain that carries both, a copy of the request that the guest can
 * no longer change, and room to build the reply in. The data of READ and WRITE is not copied but
 * moves between guest memory and file. As many are made as there are requests under way, and each
 * is used again and again. Not thread-safe; may be handed from thread to thread.
 */
final class Exchange {
    /** The longest value of an extended attribute. */
    static final int XATTR_SIZE_MAX = 64 << 10;

    /** What no request but WRITE and BATCH_FORGET exceeds: attribute with name and value. */
    static final int REQUEST_MAX = XATTR_SIZE_MAX + 4096;

    /** Room for the longest reply but that of READ; listings are cut to it. */
    static final int PAYLOAD_MAX = 64 << 10;

    private static final int FIRST_BYTES = 512;

    private final DescriptorChain chain = new DescriptorChain();
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment request = arena.allocate(REQUEST_MAX, Long.BYTES);
    private final MemorySegment reply = arena.allocate(Out.Header.SIZE + PAYLOAD_MAX, Long.BYTES);
    private final MemorySegment payload = reply.asSlice(Out.Header.SIZE);
    private final Name name = new Name();
    private final Name secondName = new Name();
    private final Entry entry = new Entry();
    private final Opened opened = new Opened();
    private final AttributeChange change = new AttributeChange(request);
    private DirectoryWriter directory;
    private final Completion completion;
    private int length;

    /** What happens to a reply that is late. */
    interface Completion {
        /**
         * Gives the chain back to the guest. Called from any thread.
         *
         * @param written bytes of the reply
         */
        void complete(Exchange exchange, long written);
    }

    /** Room for a request. */
    Exchange(Completion completion) {
        this.completion = completion;
    }

    /** Finishes a request that had to wait. */
    void complete(long written) {
        completion.complete(this, written);
    }

    DescriptorChain chain() {
        return chain;
    }

    ReadableBuffers from() {
        return chain.readable();
    }

    WritableBuffers to() {
        return chain.writable();
    }

    /**
     * Copies the request, as far as it is not data, out of guest memory.
     *
     * @return whether it has a header and is as long as that says
     */
    boolean take() {
        long available = chain.readable().length();
        length = 0;
        if (available < In.Header.SIZE) {
            return false;
        }
        int first = (int) Math.min(available, FIRST_BYTES);
        chain.readable().copyTo(0, request, 0, first);
        length = first;
        long stated = u32(In.Header.LEN) & 0xffffffffL;
        if (stated < In.Header.SIZE || stated > available) {
            return false;
        }
        int wanted = (int) Math.min(stated, hasBulk() ? FIRST_BYTES : REQUEST_MAX);
        if (wanted > first) {
            chain.readable().copyTo(first, request, first, wanted - first);
        }
        length = wanted;
        return hasBulk() || stated <= REQUEST_MAX;
    }

    private boolean hasBulk() {
        return opcode() == Opcode.FUSE_WRITE || opcode() == Opcode.FUSE_BATCH_FORGET;
    }

    /** Bytes of the request that are here. */
    int length() {
        return length;
    }

    int opcode() {
        return u32(In.Header.OPCODE);
    }

    long node() {
        return u64(In.Header.NODEID);
    }

    long unique() {
        return u64(In.Header.UNIQUE);
    }

    int u32(int offset) {
        return request.get(ValueLayout.JAVA_INT, offset);
    }

    long u64(int offset) {
        return request.get(ValueLayout.JAVA_LONG, offset);
    }

    MemorySegment request() {
        return request;
    }

    /** The reply behind its header. */
    MemorySegment payload() {
        return payload;
    }

    Entry entry() {
        return entry;
    }

    Opened opened() {
        return opened;
    }

    AttributeChange change() {
        return change;
    }

    /** Writes entries of a directory into the payload. */
    DirectoryWriter directory(int validSeconds) {
        if (directory == null) {
            directory = new DirectoryWriter(payload, validSeconds);
        }
        return directory;
    }

    Name name() {
        return name;
    }

    Name secondName() {
        return secondName;
    }

    /**
     * Points {@link #name} at the string at {@code offset}.
     *
     * @return what follows it, or -1 if it does not end within the request
     */
    int readName(int offset) {
        return (int) name.find(request, offset, length);
    }

    /** The same for {@link #secondName}. */
    int readSecondName(int offset) {
        return (int) secondName.find(request, offset, length);
    }

    /**
     * Sends a reply whose payload is built here.
     *
     * @return bytes written
     */
    long reply(int payloadBytes) {
        int total = Out.Header.SIZE + payloadBytes;
        if (chain.writable().length() < total) {
            // What does not fit was not asked for properly; a shortened structure would mislead.
            return fail(-EINVAL);
        }
        header(total, 0);
        chain.writable().copyFrom(0, reply, 0, total);
        return total;
    }

    /** Sends the header of a reply whose payload is in guest memory already. */
    long replyInPlace(long payloadBytes) {
        header((int) (Out.Header.SIZE + payloadBytes), 0);
        chain.writable().copyFrom(0, reply, 0, Out.Header.SIZE);
        return Out.Header.SIZE + payloadBytes;
    }

    /**
     * Sends an error, or a reply without payload.
     *
     * @param result {@code -errno}, or 0
     */
    long fail(long result) {
        if (chain.writable().length() < Out.Header.SIZE) {
            return 0;
        }
        header(Out.Header.SIZE, (int) result);
        chain.writable().copyFrom(0, reply, 0, Out.Header.SIZE);
        return Out.Header.SIZE;
    }

    private void header(int total, int error) {
        Replies.u32(reply, Out.Header.LEN, total);
        Replies.u32(reply, Out.Header.ERROR, error);
        Replies.u64(reply, Out.Header.UNIQUE, unique());
    }
}

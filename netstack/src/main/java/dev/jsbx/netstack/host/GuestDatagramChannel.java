package dev.jsbx.netstack.host;

import dev.jsbx.netstack.ip.Packet;
import dev.jsbx.netstack.udp.UdpBatch;
import dev.jsbx.netstack.udp.UdpFlow;
import dev.jsbx.netstack.udp.UdpReceiver;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.util.ArrayDeque;

/**
 * The guest's end of a UDP flow as a channel: each message is a {@link ByteBuf} with the payload of
 * one datagram. What is not read is kept up to a bound and then dropped, as a socket does.
 */
public final class GuestDatagramChannel extends AbstractChannel implements UdpReceiver {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    /** Datagrams that wait for a reader. */
    private static final int QUEUE = 64;

    private final GuestChannelConfig config = new GuestChannelConfig(this);
    private final ActiveFlow active;
    private final UdpFlow flow;
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>(4);
    private final Runnable readTask = this::readNow;
    private final UdpBatch batch = new UdpBatch();
    private final ChannelOutboundBuffer.MessageProcessor toBatch = this::toBatch;
    private Runnable wake = () -> {};
    private boolean open = true;
    private boolean readPending;

    GuestDatagramChannel(UdpFlow flow, ActiveFlow active) {
        super(null);
        this.flow = flow;
        this.active = active;
    }

    /** What is called when datagrams to the guest have been handed to the link. */
    void onSent(Runnable action) {
        wake = action;
    }

    @Override
    public void datagram(Packet packet, long at, int length) {
        if (!open || queue.size() >= QUEUE) {
            return;
        }
        ByteBuf copy = alloc().directBuffer(length, length);
        MemorySegment to = MemorySegment.ofBuffer(copy.internalNioBuffer(0, length));
        MemorySegment.copy(packet.memory(), at, to, 0, length);
        queue.add(copy.writerIndex(length));
        if (readPending) {
            readNow();
        }
    }

    @Override
    public void expired() {
        if (open) {
            unsafe().close(unsafe().voidPromise());
        }
    }

    @Override
    protected void doBeginRead() {
        readPending = true;
        if (!queue.isEmpty()) {
            eventLoop().execute(readTask);
        }
    }

    private void readNow() {
        if (!open || !readPending || queue.isEmpty()) {
            return;
        }
        readPending = false;
        ByteBuf next = queue.poll();
        while (next != null) {
            pipeline().fireChannelRead(next);
            next = open && config.isAutoRead() ? queue.poll() : null;
        }
        pipeline().fireChannelReadComplete();
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) throws Exception {
        while (out.current() != null) {
            batch.clear();
            out.forEachFlushedMessage(toBatch);
            flow.send(batch);
            for (int i = batch.count(); i > 0; i--) {
                out.remove();
            }
        }
        wake.run();
    }

    private boolean toBatch(Object message) {
        ByteBuf data = (ByteBuf) message;
        int length = data.readableBytes();
        int from = data.readerIndex();
        return batch.add(
                flow, MemorySegment.ofBuffer(data.internalNioBuffer(from, length)), length);
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf data) {
            return data.isDirect() && data.nioBufferCount() == 1 ? data : direct(data);
        }
        throw new UnsupportedOperationException(
                "a guest's channel takes ByteBuf, not " + message.getClass().getName());
    }

    private ByteBuf direct(ByteBuf data) {
        int length = data.readableBytes();
        ByteBuf direct = alloc().directBuffer(length).writeBytes(data);
        data.release();
        return direct;
    }

    @Override
    protected void doClose() {
        open = false;
        queue.forEach(ByteBuf::release);
        queue.clear();
        flow.close();
        active.end(flow.bytesReceived(), flow.bytesSent());
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
                promise.setFailure(new UnsupportedOperationException("connected by the stack"));
            }
        };
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return flow.localAddress();
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return flow.remoteAddress();
    }

    @Override
    protected void doBind(SocketAddress local) {
        throw new UnsupportedOperationException("bound by the stack");
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}

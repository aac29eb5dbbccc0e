package dev.jsbx.netstack.host;

import dev.jsbx.netstack.FlowEnd;
import dev.jsbx.netstack.tcp.TcpConnection;
import dev.jsbx.netstack.tcp.TcpEnd;
import dev.jsbx.netstack.tcp.TcpHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import java.net.SocketAddress;
import java.net.SocketException;

/**
 * The guest's end of a TCP connection as a channel. Its messages are {@link ByteBuf}s. The remote
 * address is the guest's; the local one is whom the guest believes to speak to.
 *
 * <p>The guest's FIN shows as {@link ChannelInputShutdownEvent}, and output goes on; its RST as an
 * exception and the end. Closing sends FIN, or RST with {@code SO_LINGER} 0.
 */
public final class GuestTcpChannel extends AbstractChannel implements DuplexChannel, TcpHandler {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    /** Messages handed on at a time before others have their turn. */
    private static final int READS = 16;

    private final GuestChannelConfig config = new GuestChannelConfig(this);
    private final ActiveFlow flow;
    private final Runnable readTask = this::readNow;
    private TcpConnection connection;
    private boolean open = true;
    private boolean active;
    private boolean readPending;
    private boolean reading;
    private boolean inputShutdown;
    private boolean outputShutdown;

    GuestTcpChannel(ActiveFlow flow) {
        super(null);
        this.flow = flow;
    }

    /** Gives the channel its connection; once, before anything else. */
    void attach(TcpConnection c) {
        connection = c;
    }

    TcpConnection connection() {
        return connection;
    }

    // TcpHandler: what the stack tells

    @Override
    public void connected(TcpConnection c) {
        active = true;
        flow.established();
        pipeline().fireChannelActive();
    }

    @Override
    public void readable(TcpConnection c) {
        if (readPending && !reading) {
            readNow();
        }
    }

    @Override
    public void writable(TcpConnection c) {
        ((GuestUnsafe) unsafe()).resume();
    }

    @Override
    public void closed(TcpConnection c, TcpEnd end) {
        switch (end) {
            case RESET -> flow.because(FlowEnd.Reason.RESET_BY_GUEST);
            case REFUSED -> flow.because(FlowEnd.Reason.UNREACHABLE);
            case TIMED_OUT -> flow.because(FlowEnd.Reason.TIMED_OUT);
            case FINISHED -> readNow();
            case ABORTED -> {
                // This side's doing.
            }
        }
        if (end != TcpEnd.FINISHED && isOpen()) {
            pipeline().fireExceptionCaught(new Broken(end));
        }
        unsafe().close(unsafe().voidPromise());
    }

    // Reading

    @Override
    protected void doBeginRead() {
        readPending = true;
        if (!reading && hasInput()) {
            eventLoop().execute(readTask);
        }
    }

    private boolean hasInput() {
        return connection.available() > 0 || connection.isInputFinished() && !inputShutdown;
    }

    private void readNow() {
        if (!open || !readPending || !hasInput()) {
            return;
        }
        reading = true;
        readPending = false; // asked for anew by what is read, or not
        try {
            int n = 0;
            for (ByteBuf b = connection.read(); b != null; b = connection.read()) {
                pipeline().fireChannelRead(b);
                if (++n == READS || !config.isAutoRead() || !open) {
                    break;
                }
            }
            pipeline().fireChannelReadComplete();
            if (open && connection.isInputFinished() && !inputShutdown) {
                inputShutdown = true;
                pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
                pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
            }
        } finally {
            reading = false;
        }
        if (open && readPending && hasInput()) {
            eventLoop().execute(readTask);
        }
    }

    // Writing

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf) {
            return message;
        }
        throw new UnsupportedOperationException(
                "a guest's channel takes ByteBuf, not " + message.getClass().getName());
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) {
        while (true) {
            ByteBuf data = (ByteBuf) out.current();
            if (data == null) {
                return;
            }
            if (data.isReadable()) {
                if (connection.writable() == 0) {
                    // writable() comes back when something has been acknowledged.
                    return;
                }
                connection.write(data.retain());
            }
            out.remove();
        }
    }

    // Ending

    @Override
    protected void doClose() {
        open = false;
        active = false;
        long received = connection.bytesReceived();
        long sent = connection.bytesSent();
        if (config.linger() == 0) {
            connection.abort();
        } else {
            connection.close();
        }
        flow.end(received, sent);
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doShutdownOutput() {
        outputShutdown = true;
        connection.shutdownOutput();
    }

    @Override
    public boolean isInputShutdown() {
        return inputShutdown || !open;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown || !open;
    }

    @Override
    public boolean isShutdown() {
        return isInputShutdown() && isOutputShutdown();
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        ((AbstractUnsafe) unsafe()).shutdownOutput(promise);
        return promise;
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    /** Nothing more is read; what still comes fills the window and no more. */
    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        config.setAutoRead(false);
        readPending = false;
        inputShutdown = true;
        return promise.setSuccess();
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        shutdownInput();
        return shutdownOutput(promise);
    }

    // The rest of a channel

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new GuestUnsafe();
    }

    /** Where it was found says nothing of why, so it has no trace, which would cost most. */
    private static final class Broken extends SocketException {
        private static final long serialVersionUID = 1;

        Broken(TcpEnd end) {
            super("guest's connection: " + end);
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private final class GuestUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            promise.setFailure(new UnsupportedOperationException("connected by the stack"));
        }

        /** There is room again. */
        void resume() {
            flush0();
        }
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return connection.localAddress();
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return connection.remoteAddress();
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
        return active;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}

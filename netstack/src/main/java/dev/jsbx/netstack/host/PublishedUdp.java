package dev.jsbx.netstack.host;

import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.Protocol;
import dev.jsbx.netstack.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A published port of datagrams: each address that sends to it has a flow of its own to the guest,
 * and the guest's answers go back there. A flow ends when it falls silent.
 */
final class PublishedUdp extends SimpleChannelInboundHandler<DatagramPacket> {
    /** Callers at a time; a new one more is not heard. */
    private static final int MAX_CALLERS = 512;

    private final Gate gate;
    private final GuestDialer dialer;
    private final int guestPort;
    private final Runnable wake;
    private final Map<InetSocketAddress, GuestDatagramChannel> callers = new HashMap<>();
    private GuestDatagramChannel written; // and not flushed; or null

    /**
     * @param wake called when something was sent to the guest outside of a batch of frames
     */
    PublishedUdp(Gate gate, GuestDialer dialer, int guestPort, Runnable wake) {
        this.gate = gate;
        this.dialer = dialer;
        this.guestPort = guestPort;
        this.wake = wake;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
        GuestDatagramChannel guest = callers.get(packet.sender());
        if (guest == null && callers.size() < MAX_CALLERS) {
            guest = open(ctx.channel(), packet.sender());
        }
        if (guest != null) {
            if (guest != written) {
                flush();
            }
            written = guest;
            guest.write(packet.content().retain(), guest.voidPromise());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        flush();
    }

    private void flush() {
        if (written != null) {
            written.flush();
            written = null;
        }
    }

    private GuestDatagramChannel open(Channel host, InetSocketAddress caller) {
        InetSocketAddress to = dialer.guest(guestPort);
        Flow flow = gate.flow(Protocol.UDP, Flow.Direction.TO_GUEST, caller, to);
        Verdict verdict = gate.decide(flow);
        ActiveFlow active = gate.follow(flow, verdict);
        if (!(verdict instanceof Verdict.Relay relay)) {
            TcpGate.deny(active);
            return null;
        }
        GuestDatagramChannel[] made = new GuestDatagramChannel[1];
        try {
            dialer.open(guestPort, udp -> made[0] = new GuestDatagramChannel(udp, active));
        } catch (IllegalStateException full) {
            active.end(0, 0);
            return null;
        }
        GuestDatagramChannel guest = made[0];
        guest.onSent(wake);
        active.onCut(guest::close);
        relay.inspection().accept(guest.pipeline());
        guest.pipeline().addLast(new Answers(host, caller));
        callers.put(caller, guest);
        host.eventLoop().register(guest);
        active.established();
        return guest;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        List.copyOf(callers.values()).forEach(Channel::close);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A caller that is gone (ICMP); others may call still.
    }

    /** What the guest answers one caller. */
    private final class Answers extends ChannelInboundHandlerAdapter {
        private final Channel host;
        private final InetSocketAddress caller;

        Answers(Channel host, InetSocketAddress caller) {
            this.host = host;
            this.caller = caller;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (host.isWritable()) {
                host.write(new DatagramPacket((ByteBuf) message, caller), host.voidPromise());
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            host.flush();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            callers.remove(caller);
        }
    }
}

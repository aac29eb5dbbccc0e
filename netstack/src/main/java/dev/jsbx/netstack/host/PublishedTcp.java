package dev.jsbx.netstack.host;

import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.FlowEnd;
import dev.jsbx.netstack.Protocol;
import dev.jsbx.netstack.Verdict;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;

/**
 * Joins what calls a published port with a connection of its own to the guest. The caller is
 * connected before the guest is asked; a guest that refuses resets it.
 */
final class PublishedTcp extends ChannelInitializer<SocketChannel> {
    private final Gate gate;
    private final GuestDialer dialer;
    private final int guestPort;

    PublishedTcp(Gate gate, GuestDialer dialer, int guestPort) {
        this.gate = gate;
        this.dialer = dialer;
        this.guestPort = guestPort;
    }

    @Override
    protected void initChannel(SocketChannel host) {
        if (host.remoteAddress() == null) {
            host.close(); // it has hung up already
            return;
        }
        Flow flow =
                gate.flow(
                        Protocol.TCP,
                        Flow.Direction.TO_GUEST,
                        host.remoteAddress(),
                        dialer.guest(guestPort));
        Verdict verdict = gate.decide(flow);
        ActiveFlow active = gate.follow(flow, verdict);
        if (verdict instanceof Verdict.Relay relay) {
            join(host, active, relay);
        } else {
            TcpGate.deny(active);
            RelayHandler.reset(host);
        }
    }

    private void join(SocketChannel host, ActiveFlow active, Verdict.Relay relay) {
        GuestTcpChannel guest = new GuestTcpChannel(active);
        try {
            guest.attach(dialer.connect(guestPort, guest));
        } catch (IllegalStateException full) {
            active.because(FlowEnd.Reason.UNREACHABLE);
            active.end(0, 0);
            RelayHandler.reset(host);
            return;
        }
        active.onCut(() -> RelayHandler.reset(guest));
        ChannelPipeline pipeline = guest.pipeline();
        relay.inspection().accept(pipeline);
        pipeline.addLast(
                new RelayHandler(host, () -> active.because(FlowEnd.Reason.RESET_BY_GUEST)));
        pipeline.addLast(new ReadWhenActive(host));
        host.pipeline()
                .addLast(new HoldBack())
                .addLast(
                        new RelayHandler(
                                guest, () -> active.because(FlowEnd.Reason.RESET_BY_HOST)));
        host.eventLoop().register(guest);
    }
}

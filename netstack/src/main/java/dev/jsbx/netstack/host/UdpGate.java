package dev.jsbx.netstack.host;

import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.FlowEnd;
import dev.jsbx.netstack.Protocol;
import dev.jsbx.netstack.Verdict;
import dev.jsbx.netstack.ip.IcmpErrors;
import dev.jsbx.netstack.ip.Packet;
import dev.jsbx.netstack.udp.UdpFlow;
import dev.jsbx.netstack.udp.UdpOpener;
import dev.jsbx.netstack.udp.UdpReceiver;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import java.util.function.Consumer;

/** Decides on the guest's UDP flows, and joins those that are allowed with what is behind them. */
public final class UdpGate implements UdpOpener {
    /** How long a refusal is remembered, in µs. */
    private static final long REFUSED = 10_000_000;

    private final Gate gate;
    private final EventLoop loop;
    private final HostSockets sockets;
    private final IcmpErrors errors;
    private final Runnable wake;

    /**
     * @param wake called when something was sent to the guest outside of a batch of frames
     */
    public UdpGate(Gate gate, EventLoop loop, IcmpErrors errors, Runnable wake) {
        this.gate = gate;
        this.loop = loop;
        this.errors = errors;
        this.wake = wake;
        sockets = new HostSockets(loop);
    }

    @Override
    public UdpReceiver open(UdpFlow udp, Packet first) {
        Flow flow =
                gate.flow(
                        Protocol.UDP,
                        Flow.Direction.FROM_GUEST,
                        udp.remoteAddress(),
                        udp.localAddress());
        Verdict verdict = gate.decide(flow);
        ActiveFlow active = gate.follow(flow, verdict);
        return switch (verdict) {
            case Verdict.Relay relay -> relay(udp, active, relay);
            case Verdict.Terminate end -> channel(udp, active, end.initialiser());
            case Verdict.Refuse refuse -> refusal(udp, active, FlowEnd.Reason.DENIED, true);
            case Verdict.Drop drop -> refusal(udp, active, FlowEnd.Reason.DENIED, false);
        };
    }

    private UdpReceiver refusal(UdpFlow udp, ActiveFlow active, FlowEnd.Reason why, boolean tell) {
        udp.setIdle(REFUSED);
        active.because(why);
        active.end(0, 0);
        return new UdpReceiver() {
            @Override
            public void datagram(Packet packet, long at, int length) {
                if (tell) {
                    errors.unreachable(packet, IcmpErrors.Reason.PROHIBITED);
                }
            }

            @Override
            public void expired() {
                // Next time the policy is asked again.
            }
        };
    }

    private GuestDatagramChannel channel(
            UdpFlow udp, ActiveFlow active, Consumer<ChannelPipeline> initialiser) {
        GuestDatagramChannel channel = new GuestDatagramChannel(udp, active);
        channel.onSent(wake);
        active.onCut(channel::close);
        initialiser.accept(channel.pipeline());
        loop.register(channel);
        active.established();
        return channel;
    }

    private UdpReceiver relay(UdpFlow udp, ActiveFlow active, Verdict.Relay relay) {
        ChannelFuture connecting = sockets.connectDatagram(relay.target());
        if (!(connecting.channel() instanceof DatagramChannel host)) {
            // No socket is left.
            return refusal(udp, active, FlowEnd.Reason.UNREACHABLE, true);
        }
        GuestDatagramChannel guest =
                channel(
                        udp,
                        active,
                        pipeline -> {
                            pipeline.channel().config().setAutoRead(false);
                            relay.inspection().accept(pipeline);
                            pipeline.addLast(new DatagramRelay(host));
                        });
        Runnable unreachable = () -> errors.portUnreachable(udp);
        host.pipeline().addLast(new DatagramRelay(guest, active, unreachable));
        connecting.addListener(
                done -> {
                    if (done.isSuccess() && guest.isOpen()) {
                        host.config().setAutoRead(true);
                        guest.config().setAutoRead(true);
                    } else {
                        active.because(FlowEnd.Reason.UNREACHABLE);
                        unreachable.run();
                        guest.close();
                        host.close();
                    }
                });
        return guest;
    }
}

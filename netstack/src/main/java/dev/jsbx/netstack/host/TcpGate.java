package dev.jsbx.netstack.host;

import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.FlowEnd;
import dev.jsbx.netstack.Protocol;
import dev.jsbx.netstack.Verdict;
import dev.jsbx.netstack.ip.IcmpErrors;
import dev.jsbx.netstack.tcp.SynHandler;
import dev.jsbx.netstack.tcp.TcpConnection;
import dev.jsbx.netstack.tcp.TcpState;
import dev.jsbx.netstack.wire.IpProtocol;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.util.function.Consumer;

/** Decides on the guest's SYNs, and joins accepted connections with what is behind them. */
public final class TcpGate implements SynHandler {
    private final Gate gate;
    private final EventLoop loop;
    private final HostSockets sockets;
    private final IcmpErrors errors;

    public TcpGate(Gate gate, EventLoop loop, IcmpErrors errors) {
        this.gate = gate;
        this.loop = loop;
        this.errors = errors;
        sockets = new HostSockets(loop);
    }

    @Override
    public void syn(TcpConnection c) {
        Flow flow =
                gate.flow(
                        Protocol.TCP,
                        Flow.Direction.FROM_GUEST,
                        c.remoteAddress(),
                        c.localAddress());
        Verdict verdict = gate.decide(flow);
        ActiveFlow active = gate.follow(flow, verdict);
        switch (verdict) {
            case Verdict.Relay relay -> connect(c, active, relay, relay.target());
            case Verdict.Terminate end -> accept(c, active, end.initialiser());
            case Verdict.Refuse refuse -> {
                c.refuse();
                deny(active);
            }
            case Verdict.Drop drop -> {
                c.ignore();
                deny(active);
            }
        }
    }

    static void deny(ActiveFlow active) {
        active.because(FlowEnd.Reason.DENIED);
        active.end(0, 0);
    }

    private GuestTcpChannel accept(
            TcpConnection c, ActiveFlow active, Consumer<ChannelPipeline> initialiser) {
        GuestTcpChannel channel = new GuestTcpChannel(active);
        channel.attach(c);
        active.onCut(() -> RelayHandler.reset(channel));
        initialiser.accept(channel.pipeline());
        loop.register(channel);
        c.accept(channel);
        return channel;
    }

    private void connect(
            TcpConnection c, ActiveFlow active, Verdict.Relay relay, InetSocketAddress target) {
        SocketChannel host;
        try {
            host = sockets.open(target);
        } catch (ChannelException e) {
            unreachable(c, active, e);
            return;
        }
        c.setAttachment(
                (Runnable)
                        () -> {
                            active.because(FlowEnd.Reason.RESET_BY_GUEST);
                            active.end(0, 0);
                            RelayHandler.reset(host);
                        });
        active.onCut(
                () -> {
                    c.refuse(); // rather than let it ask again
                    active.end(0, 0);
                    RelayHandler.reset(host);
                });
        host.connect(target)
                .addListener(
                        done -> {
                            boolean wanted = c.state() == TcpState.SYN_HELD;
                            if (wanted && done.isSuccess()) {
                                join(c, active, relay, host);
                                return;
                            }
                            RelayHandler.reset(host);
                            if (wanted) {
                                failed(c, active, relay, target, done.cause());
                            }
                        });
    }

    private void failed(
            TcpConnection c,
            ActiveFlow active,
            Verdict.Relay relay,
            InetSocketAddress target,
            Throwable cause) {
        InetSocketAddress otherwise = relay.otherwise().orElse(target);
        if (otherwise.equals(target)) {
            unreachable(c, active, cause);
        } else {
            connect(c, active, relay, otherwise);
        }
    }

    private void join(TcpConnection c, ActiveFlow active, Verdict.Relay relay, SocketChannel host) {
        Runnable byHost = () -> active.because(FlowEnd.Reason.RESET_BY_HOST);
        Runnable byGuest = () -> active.because(FlowEnd.Reason.RESET_BY_GUEST);
        GuestTcpChannel guest =
                accept(
                        c,
                        active,
                        pipeline -> {
                            relay.inspection().accept(pipeline);
                            pipeline.addLast(new RelayHandler(host, byGuest));
                            pipeline.addLast(new ReadWhenActive(host));
                        });
        host.pipeline().addLast(new HoldBack()).addLast(new RelayHandler(guest, byHost));
    }

    /** Makes the guest see what the host saw: refused, no route, or nobody there. */
    private void unreachable(TcpConnection c, ActiveFlow active, Throwable cause) {
        active.because(FlowEnd.Reason.UNREACHABLE);
        IcmpErrors.Reason reason = reason(cause);
        if (reason == null) {
            c.refuse();
        } else {
            errors.unreachable(
                    c.remoteHigh,
                    c.remoteLow,
                    c.localHigh,
                    c.localLow,
                    IpProtocol.TCP,
                    c.remotePort << 16 | c.localPort,
                    c.initialSequenceOfGuest(),
                    reason);
            c.ignore();
        }
        active.end(0, 0);
    }

    private static IcmpErrors.Reason reason(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        if (cause instanceof ConnectTimeoutException || text.contains("timed out")) {
            return IcmpErrors.Reason.HOST_UNREACHABLE;
        }
        if (cause instanceof NoRouteToHostException || text.contains("No route to host")) {
            return IcmpErrors.Reason.HOST_UNREACHABLE;
        }
        if (text.contains("Network is unreachable")) {
            return IcmpErrors.Reason.NET_UNREACHABLE;
        }
        boolean refused = cause instanceof ConnectException;
        return refused || !(cause instanceof IOException)
                ? null
                : IcmpErrors.Reason.NET_UNREACHABLE;
    }

    @Override
    public void withdrawn(TcpConnection c) {
        if (c.attachment() instanceof Runnable abandon) {
            abandon.run();
        }
    }
}

package dev.jsbx.netstack;

import io.netty.channel.ChannelPipeline;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What becomes of a flow. Each verdict carries the observer of this one flow, whose {@link
 * FlowObserver#closed} is called exactly once whatever happens.
 */
public sealed interface Verdict {
    /** Who is told how this flow goes on and ends. */
    FlowObserver observer();

    /**
     * Allowed. The stack connects to {@code target}; with TCP the guest's SYN is held until that
     * stands or has failed, so that a host that refuses looks refused to the guest.
     *
     * @param target where to connect on the host's side; the flow's destination, unless a name such
     *     as {@code host.jsbx.internal} stands for something else
     * @param otherwise where to connect if nobody listens at the target; empty for nowhere. TCP
     *     only
     * @param inspection adds handlers to the guest's channel ahead of the relay: they see the bytes
     *     both ways and may hold, change or end them. Closing the channel with {@code SO_LINGER} 0
     *     resets the guest's connection. A no-op lambda for none.
     */
    record Relay(
            InetSocketAddress target,
            Optional<InetSocketAddress> otherwise,
            Consumer<ChannelPipeline> inspection,
            FlowObserver observer)
            implements Verdict {
        public Relay {
            Objects.requireNonNull(target);
            Objects.requireNonNull(otherwise);
            Objects.requireNonNull(inspection);
            Objects.requireNonNull(observer);
        }

        /** To one place only. */
        public Relay(
                InetSocketAddress target,
                Consumer<ChannelPipeline> inspection,
                FlowObserver observer) {
            this(target, Optional.empty(), inspection, observer);
        }
    }

    /**
     * Ends in this process: the guest's connection is accepted at once, and what the initialiser
     * adds to its pipeline is the other end (DNS, a proxy, a page that says why not). The channel's
     * messages are {@code ByteBuf}s: the stream's bytes with TCP, one datagram each with UDP. Not
     * for ICMP, where it means {@link Refuse}.
     */
    record Terminate(Consumer<ChannelPipeline> initialiser, FlowObserver observer)
            implements Verdict {
        public Terminate {
            Objects.requireNonNull(initialiser);
            Objects.requireNonNull(observer);
        }
    }

    /** Denied, and the guest is told at once: RST with TCP, ICMP prohibited with the others. */
    record Refuse(FlowObserver observer) implements Verdict {
        public Refuse {
            Objects.requireNonNull(observer);
        }
    }

    /** Denied in silence: the guest's packet is as if lost. */
    record Drop(FlowObserver observer) implements Verdict {
        public Drop {
            Objects.requireNonNull(observer);
        }
    }

    /** {@link Relay} to the flow's own destination without inspection. */
    static Verdict relay(Flow flow, FlowObserver observer) {
        return new Relay(flow.destination(), Optional.empty(), pipeline -> {}, observer);
    }

    /** {@link Refuse} that nobody observes. */
    static Verdict refuse() {
        return new Refuse(FlowObserver.NONE);
    }

    /** {@link Drop} that nobody observes. */
    static Verdict drop() {
        return new Drop(FlowObserver.NONE);
    }
}

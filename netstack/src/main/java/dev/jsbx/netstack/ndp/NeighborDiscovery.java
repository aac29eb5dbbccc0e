package dev.jsbx.netstack.ndp;

import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.ip.Packet;
import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.netstack.time.Clock;
import dev.jsbx.netstack.time.Timer;
import dev.jsbx.netstack.time.TimerQueue;
import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.Checksum;
import dev.jsbx.netstack.wire.Icmp;
import dev.jsbx.netstack.wire.Icmpv6;
import dev.jsbx.netstack.wire.IpProtocol;
import dev.jsbx.netstack.wire.Ndp;
import java.lang.foreign.MemorySegment;

/** The router's side of neighbor discovery. */
public final class NeighborDiscovery {
    /** What an advertisement is good for, in seconds, and how often it is repeated, in µs. */
    private static final int LIFETIME = 1800;

    private static final long INTERVAL = 600_000_000;

    private final Addressing who;
    private final IpOutput out;
    private final Clock clock;
    private final TimerQueue timers;
    private final Timer repeat = new Timer(this::advertise);

    public NeighborDiscovery(Addressing who, IpOutput out, Clock clock, TimerQueue timers) {
        this.who = who;
        this.out = out;
        this.clock = clock;
        this.timers = timers;
    }

    /**
     * Takes an ICMPv6 message whose checksum has been verified.
     *
     * @return whether it was one of neighbor discovery's, well-formed or not
     */
    public boolean receive(Packet p) {
        int type = Icmp.type(p.memory(), p.at());
        if (type < Icmpv6.ROUTER_SOLICITATION || type > Icmpv6.REDIRECT) {
            return false;
        }
        if (p.hopLimit() != Ndp.HOP_LIMIT || Icmp.code(p.memory(), p.at()) != 0) {
            // §6.1 and §7.1: not from this link.
            return true;
        }
        if (type == Icmpv6.ROUTER_SOLICITATION) {
            advertise();
        } else if (type == Icmpv6.NEIGHBOR_SOLICITATION && p.length() >= Ndp.NEIGHBOR) {
            solicited(p);
        }
        return true;
    }

    /** §7.2.4: answers for the gateway's addresses only, so the guest's own stay its own. */
    private void solicited(Packet p) {
        long high = Ndp.targetHigh(p.memory(), p.at());
        long low = Ndp.targetLow(p.memory(), p.at());
        if (!who.isGateway(high, low)) {
            return;
        }
        boolean probing = Addresses.isUnspecified(p.srcHigh(), p.srcLow());
        long toHigh = probing ? Addresses.allNodesHigh() : p.srcHigh();
        long toLow = probing ? 1 : p.srcLow();
        int flags = Ndp.ROUTER_FLAG | Ndp.OVERRIDE | (probing ? 0 : Ndp.SOLICITED);
        OutFrame frame = out.begin();
        int at = IpOutput.transportOffset(false);
        MemorySegment m = frame.header();
        int length = Ndp.writeAdvertisement(m, at, flags, high, low, who.ownMac());
        send(m, at, length, high, low, toHigh, toLow);
    }

    /** Sends a router advertisement to all nodes, and again before it ends. */
    public void advertise() {
        OutFrame frame = out.begin();
        int at = IpOutput.transportOffset(false);
        MemorySegment m = frame.header();
        int length =
                Ndp.writeRouter(
                        m,
                        at,
                        LIFETIME,
                        who.ownMac(),
                        out.mtu(),
                        who.prefixHigh(),
                        who.prefixHigh(),
                        Addressing.GATEWAY_LOW);
        long high = Addresses.linkLocalHigh();
        send(m, at, length, high, Addressing.GATEWAY_LOW, Addresses.allNodesHigh(), 1);
        timers.arm(repeat, clock.micros() + INTERVAL);
    }

    private void send(
            MemorySegment m,
            int at,
            int length,
            long fromHigh,
            long fromLow,
            long toHigh,
            long toLow) {
        int pseudo = Checksum.pseudo(fromHigh, fromLow, toHigh, toLow, IpProtocol.ICMPV6, length);
        Icmp.finish(m, at, length, pseudo);
        out.sendRaw(fromHigh, fromLow, toHigh, toLow, IpProtocol.ICMPV6, Ndp.HOP_LIMIT, length);
    }
}

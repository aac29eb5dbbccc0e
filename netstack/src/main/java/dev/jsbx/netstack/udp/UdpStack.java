package dev.jsbx.netstack.udp;

import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.ip.Packet;
import dev.jsbx.netstack.ip.SipHash;
import dev.jsbx.netstack.ip.TupleTable;
import dev.jsbx.netstack.link.Link;
import dev.jsbx.netstack.link.Offload;
import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.netstack.time.Clock;
import dev.jsbx.netstack.time.TimerQueue;
import dev.jsbx.netstack.wire.Ethernet;
import dev.jsbx.netstack.wire.IpProtocol;
import dev.jsbx.netstack.wire.Udp;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/** UDP towards one guest. All methods are for the stack's event loop only. */
public final class UdpStack {
    /** RFC 4787 §4.3 wants at least 2 min. */
    private static final long IDLE = 120_000_000;

    private static final int MAX_PAYLOAD = 65507;
    private static final int MAX_PACKET = 65535;

    private final int maxFlows;
    private final Clock clock;
    private final TimerQueue timers;
    private final IpOutput ip;
    private final UdpOpener opener;
    private final TupleTable<UdpFlow> table;

    /**
     * @param maxFlows how many there may be at a time, above 0
     */
    public UdpStack(
            int maxFlows,
            Clock clock,
            TimerQueue timers,
            IpOutput ip,
            SipHash hash,
            UdpOpener opener) {
        this.maxFlows = maxFlows;
        this.clock = clock;
        this.timers = timers;
        this.ip = ip;
        this.opener = opener;
        table = new TupleTable<>(hash);
    }

    /** Takes a datagram whose length and checksum have been verified. */
    public void receive(Packet p) {
        MemorySegment m = p.memory();
        int from = Udp.sourcePort(m, p.at());
        int to = Udp.destinationPort(m, p.at());
        int length = Math.min(Udp.length(m, p.at()), p.length()) - Udp.HEADER;
        if (from == 0 || to == 0 || length < 0) {
            return;
        }
        UdpFlow flow = table.find(p.dstHigh(), p.dstLow(), to, p.srcHigh(), p.srcLow(), from);
        if (flow == null) {
            flow = open(p, from, to);
        }
        flow.touch(clock.micros());
        flow.received(length);
        int size = datagramSize(p.frame().offload(), length);
        int done = 0;
        do {
            int part = Math.min(size, length - done);
            flow.receiver.datagram(p, p.at() + Udp.HEADER + done, part);
            done += part;
        } while (done < length);
    }

    /** What a guest with USO sends as one is still to be cut into datagrams of this size. */
    private static int datagramSize(Offload offload, int length) {
        boolean whole = offload.gsoType() != Offload.GSO_UDP_L4 || offload.gsoSize() == 0;
        return whole ? length : offload.gsoSize();
    }

    private UdpFlow open(Packet p, int from, int to) {
        UdpFlow flow = add(p.dstHigh(), p.dstLow(), to, p.srcHigh(), p.srcLow(), from);
        flow.receiver = opener.open(flow, p);
        return flow;
    }

    private UdpFlow add(long lh, long ll, int lp, long rh, long rl, int rp) {
        if (table.size() >= maxFlows) {
            evict();
        }
        UdpFlow flow = new UdpFlow(this, IDLE, lh, ll, lp, rh, rl, rp);
        table.add(flow);
        return flow;
    }

    /** Whether no flow has these addresses and ports. */
    public boolean isFree(
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort) {
        return table.find(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort)
                == null;
    }

    /**
     * Begins a flow from this side, for published ports.
     *
     * @param receiver makes what takes the guest's datagrams
     * @throws IllegalStateException if one with these addresses and ports exists
     */
    public UdpFlow open(
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            Function<UdpFlow, UdpReceiver> receiver) {
        if (!isFree(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort)) {
            throw new IllegalStateException("a flow from port " + localPort + " exists");
        }
        UdpFlow flow = add(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
        flow.receiver = receiver.apply(flow);
        flow.touch(clock.micros());
        return flow;
    }

    private void evict() {
        UdpFlow oldest = null;
        for (UdpFlow flow : table.snapshot()) {
            if (oldest == null || flow.lastAt < oldest.lastAt) {
                oldest = flow;
            }
        }
        if (oldest != null) {
            oldest.expire();
        }
    }

    /** How many flows there are, denied ones included. */
    public int flows() {
        return table.size();
    }

    int batchSize(boolean ipv4, int length) {
        int wanted = Link.CHECKSUM | (ipv4 ? Link.USO4 : Link.USO6);
        int headers = IpOutput.transportOffset(ipv4) - Ethernet.HEADER + Udp.HEADER;
        if ((ip.offloads() & wanted) != wanted || length == 0 || headers + length > ip.mtu()) {
            return 1;
        }
        return Math.min(UdpBatch.MAX, (MAX_PACKET - headers) / length);
    }

    /** Sends a batch. @return how many bytes of payload went out */
    int send(UdpFlow flow, UdpBatch batch) {
        if (batch.size() > MAX_PAYLOAD) {
            return 0;
        }
        flow.touch(clock.micros());
        OutFrame frame = ip.begin();
        int udp = IpOutput.transportOffset(flow.isIpv4());
        for (int i = 0; i < batch.count(); i++) {
            frame.add(batch.memory(i), 0, batch.length(i));
        }
        int length = frame.payloadLength();
        if (batch.count() > 1) {
            frame.offload().segment(Offload.GSO_UDP_L4, batch.size(), udp + Udp.HEADER);
        }
        int total = Udp.HEADER + length;
        Udp.write(frame.header(), udp, flow.localPort, flow.remotePort, total, 0);
        boolean sent =
                ip.send(
                        flow.localHigh,
                        flow.localLow,
                        flow.remoteHigh,
                        flow.remoteLow,
                        IpProtocol.UDP,
                        Udp.HEADER,
                        Udp.CHECKSUM);
        return sent ? length : 0;
    }

    void forget(UdpFlow flow) {
        table.remove(flow);
        timers.remove(flow.timer);
    }

    long now() {
        return clock.micros();
    }

    TimerQueue timers() {
        return timers;
    }
}

package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.link.Link;
import dev.jsbx.netstack.link.Offload;
import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.IpProtocol;
import dev.jsbx.netstack.wire.Tcp;
import dev.jsbx.netstack.wire.TcpOptions;
import java.lang.foreign.MemorySegment;

/** Makes segments and hands them to IP. One serves all connections of a stack. */
final class SegmentWriter {
    private static final int MAX_PACKET = 65535;

    private final IpOutput ip;

    SegmentWriter(IpOutput ip) {
        this.ip = ip;
    }

    /** Payload bytes that one packet may carry, cut by the link if need be; a multiple of mss. */
    int maxBurst(TcpConnection c) {
        int tso = c.isIpv4() ? Link.TSO4 : Link.TSO6;
        int mss = c.sender.mss();
        if ((ip.offloads() & tso) == 0) {
            return mss;
        }
        int headers = IpOutput.transportOffset(c.isIpv4()) - 14 + dataHeader(c);
        return Math.max(mss, (MAX_PACKET - headers) / mss * mss);
    }

    /** Bytes of the TCP header of a segment with data. */
    static int dataHeader(TcpConnection c) {
        return Tcp.HEADER + (c.timestamps ? TcpOptions.TIMESTAMPS_ALIGNED : 0);
    }

    /**
     * Sends data out of the connection's queue.
     *
     * @param seq of the first byte
     * @param offset of the first byte in the stream
     * @param length in bytes, may be 0
     * @param flags besides ACK
     * @return false if the link has no room
     */
    boolean data(TcpConnection c, int seq, long offset, int length, int flags) {
        OutFrame out = ip.begin();
        int at = IpOutput.transportOffset(c.isIpv4());
        int header = dataHeader(c);
        int window = c.receiver.windowField();
        write(out, c, at, seq, header, flags | Tcp.ACK, window);
        if (c.timestamps) {
            putTimestamps(out, c, at + Tcp.HEADER);
        }
        if (length > 0) {
            c.sender.queue.gather(offset, length, out);
        }
        int mss = c.sender.mss();
        if (length > mss) {
            int type = c.isIpv4() ? Offload.GSO_TCPV4 : Offload.GSO_TCPV6;
            out.offload().segment(type, mss, at + header);
        }
        if (!send(c, header)) {
            return false;
        }
        c.receiver.acknowledged(window);
        return true;
    }

    /** Sends an acknowledgment, with SACK blocks if there is something to report. */
    boolean ack(TcpConnection c) {
        OutFrame out = ip.begin();
        int at = IpOutput.transportOffset(c.isIpv4());
        int window = c.receiver.windowField();
        long end = at + Tcp.HEADER;
        MemorySegment m = out.header();
        if (c.timestamps) {
            end = putTimestamps(out, c, end);
        }
        if (c.sackPermitted) {
            end = c.receiver.sackBlocks.write(m, end, c.timestamps ? 3 : 4);
        }
        int header = (int) end - at;
        write(out, c, at, c.sender.nxt(), header, Tcp.ACK, window);
        if (!send(c, header)) {
            return false;
        }
        c.receiver.acknowledged(window);
        return true;
    }

    /** Sends a bare segment with a sequence number of its own: probes and resets. */
    boolean bare(TcpConnection c, int seq, int flags) {
        OutFrame out = ip.begin();
        int at = IpOutput.transportOffset(c.isIpv4());
        int header = dataHeader(c);
        boolean reset = (flags & Tcp.RST) != 0;
        write(out, c, at, seq, header, flags, reset ? 0 : c.receiver.windowField());
        if (c.timestamps) {
            putTimestamps(out, c, at + Tcp.HEADER);
        }
        return send(c, header);
    }

    /** Sends SYN or SYN-ACK with all options that are wanted or agreed. */
    boolean syn(TcpConnection c, boolean withAck) {
        OutFrame out = ip.begin();
        int at = IpOutput.transportOffset(c.isIpv4());
        MemorySegment m = out.header();
        long end = TcpOptions.putMss(m, at + Tcp.HEADER, maxMss(c.isIpv4()));
        if (c.sackPermitted) {
            end = TcpOptions.putSackPermitted(m, end);
        }
        if (c.timestamps) {
            end = putTimestamps(out, c, end);
        }
        if (c.windowScaling) {
            end = TcpOptions.putWindowScale(m, end, c.receiver.scale());
        }
        int header = (int) end - at;
        int flags = Tcp.SYN | (withAck ? Tcp.ACK : 0);
        // The window of a SYN is never scaled (RFC 7323 §2.2).
        write(out, c, at, c.sender.iss(), header, flags, c.receiver.synWindow());
        return send(c, header);
    }

    /** The largest segment that fits the link, without options (RFC 9293 §3.7.1). */
    int maxMss(boolean ipv4) {
        return ip.mtu() - (IpOutput.transportOffset(ipv4) - 14) - Tcp.HEADER;
    }

    /** Answers a segment that belongs to no connection (RFC 9293 §3.10.7.1). */
    void reset(Segment s) {
        if (s.has(Tcp.RST)) {
            return;
        }
        boolean acked = s.has(Tcp.ACK);
        int seq = acked ? s.ack : 0;
        int ack = acked ? 0 : s.seq + s.sequenceLength();
        int flags = acked ? Tcp.RST : Tcp.RST | Tcp.ACK;
        OutFrame out = ip.begin();
        int at = IpOutput.transportOffset(Addresses.isIpv4(s.localHigh, s.localLow));
        Tcp.write(out.header(), at, s.localPort, s.remotePort, seq, ack, Tcp.HEADER, flags, 0);
        ip.send(
                s.localHigh,
                s.localLow,
                s.remoteHigh,
                s.remoteLow,
                IpProtocol.TCP,
                Tcp.HEADER,
                Tcp.CHECKSUM);
    }

    private void write(
            OutFrame out, TcpConnection c, int at, int seq, int header, int flags, int window) {
        int ack = (flags & Tcp.ACK) != 0 ? c.receiver.nxt() : 0;
        Tcp.write(out.header(), at, c.localPort, c.remotePort, seq, ack, header, flags, window);
    }

    private static long putTimestamps(OutFrame out, TcpConnection c, long at) {
        return TcpOptions.putTimestamps(out.header(), at, c.timestampNow(), c.receiver.tsRecent());
    }

    private boolean send(TcpConnection c, int header) {
        return ip.send(
                c.localHigh,
                c.localLow,
                c.remoteHigh,
                c.remoteLow,
                IpProtocol.TCP,
                header,
                Tcp.CHECKSUM);
    }
}

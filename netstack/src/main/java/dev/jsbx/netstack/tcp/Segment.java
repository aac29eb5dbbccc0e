package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.link.Frame;
import dev.jsbx.netstack.wire.Tcp;
import dev.jsbx.netstack.wire.TcpOptions;
import java.lang.foreign.MemorySegment;

/**
 * A segment that came in: its header's fields, read once (the guest may change them meanwhile), and
 * where its payload lies. Mutable; one object serves all packets.
 */
public final class Segment {
    final TcpOptions options = new TcpOptions();
    Frame frame;
    long remoteHigh;
    long remoteLow;
    long localHigh;
    long localLow;
    int remotePort;
    int localPort;
    int seq;
    int ack;
    int flags;

    /** Unscaled. */
    int window;

    long payloadAt;
    int payloadLength;

    /**
     * Reads a header.
     *
     * @param frame the frame it came in
     * @param at offset of the TCP header in the frame's memory
     * @param length of header and payload in bytes
     * @return false if the lengths do not hold; nothing may be done with the segment then
     */
    public boolean parse(
            Frame frame,
            long at,
            int length,
            long srcHigh,
            long srcLow,
            long dstHigh,
            long dstLow) {
        MemorySegment m = frame.memory();
        if (length < Tcp.HEADER) {
            return false;
        }
        int header = Tcp.headerLength(m, at);
        if (header < Tcp.HEADER || header > length) {
            return false;
        }
        this.frame = frame;
        remoteHigh = srcHigh;
        remoteLow = srcLow;
        localHigh = dstHigh;
        localLow = dstLow;
        remotePort = Tcp.sourcePort(m, at);
        localPort = Tcp.destinationPort(m, at);
        seq = Tcp.sequence(m, at);
        ack = Tcp.acknowledgment(m, at);
        flags = Tcp.flags(m, at);
        window = Tcp.window(m, at);
        options.parse(m, at + Tcp.HEADER, header - Tcp.HEADER);
        payloadAt = at + header;
        payloadLength = length - header;
        return true;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** SEG.LEN of RFC 9293 §3.3.1: payload bytes, SYN and FIN. */
    int sequenceLength() {
        return payloadLength + (has(Tcp.SYN) ? 1 : 0) + (has(Tcp.FIN) ? 1 : 0);
    }

    /** How many segments on the wire this one stands for. */
    int wireSegments() {
        int size = frame.offload().gsoSize();
        return size > 0 && payloadLength > size ? (payloadLength + size - 1) / size : 1;
    }

    /** Drops the first bytes of the payload, and the SYN ahead of it. */
    void trimLeft(int bytes) {
        int n = bytes;
        if (has(Tcp.SYN)) {
            flags &= ~Tcp.SYN;
            seq++;
            n--;
        }
        n = Math.min(n, payloadLength);
        seq += n;
        payloadAt += n;
        payloadLength -= n;
    }

    /** Drops the last bytes of the payload, and the FIN behind it. */
    void trimRight(int bytes) {
        flags &= ~Tcp.FIN;
        payloadLength -= Math.min(bytes, payloadLength);
    }
}

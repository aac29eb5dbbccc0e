package dev.jsbx.netstack.ip;

import dev.jsbx.netstack.link.Frame;
import java.lang.foreign.MemorySegment;

/**
 * A whole packet of the guest, its headers checked. Mutable and reused: valid until the handler
 * returns. Addresses as {@link dev.jsbx.netstack.wire.Addresses} has them.
 */
public final class Packet {
    Frame frame;
    long ipAt;
    int ipLength;
    long at;
    int length;
    int protocol;
    int hopLimit;
    long srcHigh;
    long srcLow;
    long dstHigh;
    long dstLow;

    /** The frame it came in; for a reassembled packet, one that points to the whole. */
    public Frame frame() {
        return frame;
    }

    public MemorySegment memory() {
        return frame.memory();
    }

    /** Where the IP header starts. */
    public long ipAt() {
        return ipAt;
    }

    /** IP header and all behind it, in bytes. */
    public int ipLength() {
        return ipLength;
    }

    /** Where the transport header starts. */
    public long at() {
        return at;
    }

    /** Transport header and payload, in bytes. */
    public int length() {
        return length;
    }

    /** Of {@link dev.jsbx.netstack.wire.IpProtocol}. */
    public int protocol() {
        return protocol;
    }

    public int hopLimit() {
        return hopLimit;
    }

    public long srcHigh() {
        return srcHigh;
    }

    public long srcLow() {
        return srcLow;
    }

    public long dstHigh() {
        return dstHigh;
    }

    public long dstLow() {
        return dstLow;
    }
}

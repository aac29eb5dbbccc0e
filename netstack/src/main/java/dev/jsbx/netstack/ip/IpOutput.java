package dev.jsbx.netstack.ip;

import dev.jsbx.netstack.link.Link;
import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.Bytes;
import dev.jsbx.netstack.wire.Checksum;
import dev.jsbx.netstack.wire.Ethernet;
import dev.jsbx.netstack.wire.IpProtocol;
import dev.jsbx.netstack.wire.Ipv4;
import dev.jsbx.netstack.wire.Ipv6;
import dev.jsbx.netstack.wire.MacAddress;
import dev.jsbx.netstack.wire.Udp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The way of packets to the guest. A transport protocol calls {@link #begin}, writes its header at
 * {@link #transportOffset}, adds payload, and {@link #send} puts the rest ahead of it.
 *
 * <p>All methods are for the stack's event loop only.
 */
public final class IpOutput {
    private static final int TTL = 64;

    private final Link link;
    private final OutFrame out;
    private final long ownMac;
    private final Fragmenter fragmenter;
    private long guestMac;
    private boolean blocked;
    private int identification;

    /**
     * @param arena how long the room for headers lives
     * @param ownMac the gateway's Ethernet address, 48 bits
     * @param guestMac the guest's, or {@link MacAddress#BROADCAST} until it is known
     */
    public IpOutput(Link link, Arena arena, long ownMac, long guestMac) {
        this.link = link;
        this.ownMac = ownMac;
        this.guestMac = guestMac;
        out = new OutFrame(arena);
        fragmenter = new Fragmenter(link, arena);
    }

    /** Where a transport header starts in {@link OutFrame#header}, in bytes. */
    public static int transportOffset(boolean ipv4) {
        return Ethernet.HEADER + (ipv4 ? Ipv4.HEADER : Ipv6.HEADER);
    }

    public long ownMac() {
        return ownMac;
    }

    public long guestMac() {
        return guestMac;
    }

    /** The guest has shown its Ethernet address. */
    public void setGuestMac(long mac) {
        guestMac = mac;
    }

    /** The largest packet, in bytes. */
    public int mtu() {
        return link.mtu();
    }

    /** What {@link Link#offloads} says. */
    public int offloads() {
        return link.offloads();
    }

    /** Starts a packet; the frame is this object's and good for one packet. */
    public OutFrame begin() {
        out.reset();
        return out;
    }

    /** Whether the link had no room for the last packet. */
    public boolean isBlocked() {
        return blocked;
    }

    /** The link may have room again. */
    public void unblock() {
        blocked = false;
    }

    /**
     * Sends a packet that fits the MTU or is marked for segmentation: makes its checksum, or leaves
     * it to the link, and writes IP and Ethernet headers.
     *
     * @param transportHeader length of the transport header in bytes; the rest is in pieces
     * @param checksumOffset of the checksum field in the transport header, which holds 0
     * @return false if the link has no room; the packet is gone then
     */
    public boolean send(
            long srcHigh,
            long srcLow,
            long dstHigh,
            long dstLow,
            int protocol,
            int transportHeader,
            int checksumOffset) {
        boolean v4 = Addresses.isIpv4(srcHigh, srcLow);
        int at = transportOffset(v4);
        int length = transportHeader + out.payloadLength();
        out.setHeaderLength(at + transportHeader);
        int pseudo = Checksum.pseudo(srcHigh, srcLow, dstHigh, dstLow, protocol, length);
        MemorySegment m = out.header();
        boolean fits = length + at - Ethernet.HEADER <= link.mtu() || out.offload().gsoSize() > 0;
        if (fits && (link.offloads() & Link.CHECKSUM) != 0) {
            Bytes.put16(m, at + checksumOffset, pseudo);
            out.offload().needChecksum(at, checksumOffset);
        } else {
            int sum = Checksum.finish(sum(at, transportHeader, pseudo));
            Bytes.put16(m, at + checksumOffset, protocol == IpProtocol.UDP ? Udp.onWire(sum) : sum);
        }
        writeIp(v4, srcHigh, srcLow, dstHigh, dstLow, protocol, length, fits ? Ipv4.DF : 0);
        return fits ? transmit() : fragment(v4, protocol);
    }

    /**
     * Sends an IPv4 packet whose transport part carries its own checksum already or needs none, as
     * ICMP does; it must fit the MTU.
     */
    public boolean sendRaw(
            long srcHigh,
            long srcLow,
            long dstHigh,
            long dstLow,
            int protocol,
            int hopLimit,
            int transportHeader) {
        boolean v4 = Addresses.isIpv4(srcHigh, srcLow);
        int at = transportOffset(v4);
        int length = transportHeader + out.payloadLength();
        out.setHeaderLength(at + transportHeader);
        writeIp(v4, srcHigh, srcLow, dstHigh, dstLow, protocol, length, 0);
        Bytes.put8(out.header(), Ethernet.HEADER + (v4 ? 8 : 7), hopLimit);
        if (v4) {
            int id = identification++ & 0xffff;
            Ipv4.rewrite(out.header(), Ethernet.HEADER, Ipv4.HEADER + length, id, 0);
        }
        return length + at - Ethernet.HEADER <= link.mtu() ? transmit() : fragment(v4, protocol);
    }

    /** Sends the frame as it stands, its Ethernet header being the first thing in it. */
    public boolean transmit() {
        if (!link.transmit(out)) {
            blocked = true;
            return false;
        }
        return true;
    }

    /** Lets the guest know of what has been sent. */
    public void flush() {
        link.flush();
    }

    /** The partial sum of the packet from its transport header on. */
    public int sum(int at, int transportHeader, int pseudo) {
        int sum = Checksum.add(pseudo, Checksum.sum(out.header(), at, transportHeader));
        boolean odd = (transportHeader & 1) != 0;
        for (int i = 0; i < out.pieces(); i++) {
            int n = out.pieceLength(i);
            int part = Checksum.sum(out.pieceMemory(i), out.pieceAt(i), n);
            sum = Checksum.add(sum, odd ? Checksum.swap(part) : part);
            odd ^= (n & 1) != 0;
        }
        return sum;
    }

    private void writeIp(
            boolean v4,
            long srcHigh,
            long srcLow,
            long dstHigh,
            long dstLow,
            int protocol,
            int length,
            int fragment) {
        MemorySegment m = out.header();
        long mac = guestMac;
        if (Addresses.isMulticast(dstHigh, dstLow)) {
            mac = MacAddress.ofMulticast(dstHigh, dstLow);
        } else if (Addresses.isBroadcast(dstHigh, dstLow)) {
            mac = MacAddress.BROADCAST;
        }
        if (v4) {
            Ethernet.write(m, 0, mac, ownMac, Ethernet.TYPE_IPV4);
            // Identification 0 is fine for what is never fragmented (RFC 6864 §4.1).
            int id = (fragment & Ipv4.DF) != 0 ? 0 : identification++ & 0xffff;
            int total = Ipv4.HEADER + length;
            int src = (int) srcLow;
            int dst = (int) dstLow;
            Ipv4.write(m, Ethernet.HEADER, total, id, fragment, TTL, protocol, src, dst);
        } else {
            Ethernet.write(m, 0, mac, ownMac, Ethernet.TYPE_IPV6);
            Ipv6.write(m, Ethernet.HEADER, length, protocol, TTL, srcHigh, srcLow, dstHigh, dstLow);
        }
    }

    private boolean fragment(boolean v4, int protocol) {
        if (!fragmenter.send(out, v4, protocol, identification++)) {
            blocked = true;
            return false;
        }
        return true;
    }
}

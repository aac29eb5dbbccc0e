package dev.jsbx.netstack.ip;

import dev.jsbx.netstack.link.Frame;
import dev.jsbx.netstack.link.FrameHandler;
import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.netstack.time.Clock;
import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.Arp;
import dev.jsbx.netstack.wire.Bytes;
import dev.jsbx.netstack.wire.Ethernet;
import dev.jsbx.netstack.wire.IpProtocol;
import dev.jsbx.netstack.wire.Ipv4;
import dev.jsbx.netstack.wire.Ipv6;
import dev.jsbx.netstack.wire.MacAddress;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.foreign.MemorySegment;

/** The entry of frames: the first look at every byte that a guest sends. */
public final class IpInput implements FrameHandler {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(IpInput.class);

    /** A guest must not fill the log. */
    private static final int LOGGED_FAULTS = 10;

    /** Loose and strict source route (RFC 791 §3.1). */
    private static final int OPTION_LSRR = 131;

    private static final int OPTION_SSRR = 137;

    private final Addressing who;
    private final IpOutput out;
    private final IpHandler handler;
    private final Reassembler reassembler;
    private final Packet packet = new Packet();
    private long dropped;
    private long faults;

    public IpInput(Addressing who, IpOutput out, IpHandler handler, Clock clock) {
        this.who = who;
        this.out = out;
        this.handler = handler;
        reassembler = new Reassembler(clock);
    }

    /** Frames that were dropped on the way to a handler, since the start. */
    public long dropped() {
        return dropped;
    }

    /** Frames that made the stack fail, since the start: bugs, kept from doing harm. */
    public long faults() {
        return faults;
    }

    @Override
    public void frame(Frame frame) {
        try {
            if (!accept(frame)) {
                dropped++;
            }
        } catch (RuntimeException e) {
            // Whatever a guest has found costs it this frame and nobody anything else.
            if (faults++ < LOGGED_FAULTS) {
                LOG.error("a frame of {} bytes made the stack fail", frame.length(), e);
            }
        }
    }

    private boolean accept(Frame frame) {
        MemorySegment m = frame.memory();
        long at = frame.at();
        if (frame.length() < Ethernet.HEADER) {
            return false;
        }
        long destination = Ethernet.destination(m, at);
        if (destination != who.ownMac() && !MacAddress.isGroup(destination)) {
            return false;
        }
        long source = Ethernet.source(m, at);
        if (who.guestMac() != MacAddress.BROADCAST) {
            if (source != who.guestMac()) {
                return false;
            }
        } else if (!MacAddress.isGroup(source) && source != out.guestMac()) {
            out.setGuestMac(source);
        }
        int length = frame.length() - Ethernet.HEADER;
        long ip = at + Ethernet.HEADER;
        return switch (Ethernet.type(m, at)) {
            case Ethernet.TYPE_IPV4 -> ipv4(frame, m, ip, length);
            case Ethernet.TYPE_IPV6 -> who.ipv6() && ipv6(frame, m, ip, length);
            case Ethernet.TYPE_ARP -> arp(m, ip, length);
            default -> false;
        };
    }

    /** Answers for every address but the guest's own, the unspecified and loopback. */
    private boolean arp(MemorySegment m, long at, int length) {
        if (!Arp.check(m, at, length) || Arp.operation(m, at) != Arp.REQUEST) {
            return false;
        }
        int target = Arp.targetIp(m, at);
        int sender = Arp.senderIp(m, at);
        boolean ours = target != who.guestIpv4() && target != 0 && target >>> 24 != 127;
        if (!ours || sender != 0 && sender != who.guestIpv4()) {
            return false;
        }
        long guest = Arp.senderMac(m, at);
        OutFrame reply = out.begin();
        MemorySegment h = reply.header();
        Ethernet.write(h, 0, guest, who.ownMac(), Ethernet.TYPE_ARP);
        Arp.write(h, Ethernet.HEADER, Arp.REPLY, who.ownMac(), target, guest, sender);
        reply.setHeaderLength(Ethernet.HEADER + Arp.LENGTH);
        out.transmit();
        return true;
    }

    private boolean ipv4(Frame frame, MemorySegment m, long at, int length) {
        if (!Ipv4.check(m, at, length)) {
            return false;
        }
        int header = Ipv4.headerLength(m, at);
        int total = Ipv4.totalLength(m, at);
        if (header < Ipv4.HEADER || header > total || total > length) {
            // The guest changed it since the check.
            return false;
        }
        packet.srcHigh = 0;
        packet.srcLow = Addresses.mapped(Ipv4.source(m, at));
        packet.dstHigh = 0;
        packet.dstLow = Addresses.mapped(Ipv4.destination(m, at));
        packet.protocol = Ipv4.protocol(m, at);
        packet.hopLimit = Ipv4.ttl(m, at);
        if (!isAddressed(true) || header > Ipv4.HEADER && hasSourceRoute(m, at, header)) {
            return false;
        }
        whole(frame, at, total, at + header, total - header);
        int fragment = Ipv4.fragment(m, at);
        if (Ipv4.isFragment(fragment)) {
            int offset = Ipv4.fragmentOffset(fragment);
            boolean more = (fragment & Ipv4.MF) != 0;
            int id = Ipv4.identification(m, at);
            return !reassembler.add(packet, id, offset, more) || dispatch();
        }
        return dispatch();
    }

    private void whole(Frame frame, long ipAt, int ipLength, long at, int length) {
        packet.frame = frame;
        packet.ipAt = ipAt;
        packet.ipLength = ipLength;
        packet.at = at;
        packet.length = length;
    }

    private static boolean hasSourceRoute(MemorySegment m, long at, int header) {
        long end = at + header;
        for (long i = at + Ipv4.HEADER; i < end; ) {
            int option = Bytes.u8(m, i);
            if (option == 0) {
                return false;
            }
            if (option == OPTION_LSRR || option == OPTION_SSRR) {
                return true;
            }
            int size = option == 1 ? 1 : i + 1 < end ? Bytes.u8(m, i + 1) : 0;
            if (size == 0 || option != 1 && size < 2) {
                // Malformed: better taken for the worst.
                return true;
            }
            i += size;
        }
        return false;
    }

    private boolean ipv6(Frame frame, MemorySegment m, long at, int length) {
        if (!Ipv6.check(m, at, length)) {
            return false;
        }
        int payload = Ipv6.payloadLength(m, at);
        packet.srcHigh = Ipv6.sourceHigh(m, at);
        packet.srcLow = Ipv6.sourceLow(m, at);
        packet.dstHigh = Ipv6.destinationHigh(m, at);
        packet.dstLow = Ipv6.destinationLow(m, at);
        packet.hopLimit = Ipv6.hopLimit(m, at);
        // A mapped address on the wire would be taken for IPv4 everywhere behind this.
        boolean mapped =
                Addresses.isIpv4(packet.srcHigh, packet.srcLow)
                        || Addresses.isIpv4(packet.dstHigh, packet.dstLow);
        int next = Ipv6.skipOptions(m, at, payload);
        if (mapped || !isAddressed(false) || next < 0 || Ipv6.HEADER + payload > length) {
            return false;
        }
        return ipv6(frame, m, at, payload, next);
    }

    private boolean ipv6(Frame frame, MemorySegment m, long at, int payload, int next) {
        int distance = next & 0xffff;
        int left = Ipv6.HEADER + payload - distance;
        packet.protocol = next >>> 16;
        whole(frame, at, Ipv6.HEADER + payload, at + distance, left);
        if (packet.protocol == IpProtocol.ROUTING) {
            return false;
        }
        if (packet.protocol != IpProtocol.FRAGMENT) {
            return dispatch();
        }
        if (left < Ipv6.FRAGMENT_HEADER) {
            return false;
        }
        long header = at + distance;
        packet.protocol = Ipv6.fragmentNextHeader(m, header);
        packet.at = header + Ipv6.FRAGMENT_HEADER;
        packet.length = left - Ipv6.FRAGMENT_HEADER;
        int offset = Ipv6.fragmentOffset(m, header);
        boolean more = Ipv6.moreFragments(m, header);
        int id = Ipv6.fragmentIdentification(m, header);
        return !reassembler.add(packet, id, offset, more) || dispatch();
    }

    /** Whether source and destination are what a guest may use. */
    private boolean isAddressed(boolean v4) {
        long dh = packet.dstHigh;
        long dl = packet.dstLow;
        if (Addresses.isUnspecified(dh, dl) || Addresses.isLoopback(dh, dl)) {
            return false;
        }
        if (!who.isGuest(packet.srcHigh, packet.srcLow)
                && !Addresses.isUnspecified(packet.srcHigh, packet.srcLow)) {
            return false;
        }
        if (who.isGuest(dh, dl) && !(dh == Addresses.linkLocalHigh())) {
            // To itself: nothing that a guest's own stack would ever send (LAND).
            return packet.srcHigh != dh || packet.srcLow != dl;
        }
        return v4 || !Addresses.isUnspecified(packet.srcHigh, packet.srcLow) || isMulticast();
    }

    private boolean isMulticast() {
        return Addresses.isMulticast(packet.dstHigh, packet.dstLow);
    }

    private boolean dispatch() {
        boolean group = isMulticast() || Addresses.isBroadcast(packet.dstHigh, packet.dstLow);
        boolean named = !Addresses.isUnspecified(packet.srcHigh, packet.srcLow);
        int protocol = packet.protocol;
        boolean icmp = protocol == IpProtocol.ICMP && isIpv4() || isIcmpv6();
        if (group || !named) {
            return multicast(icmp);
        }
        if (packet.hopLimit <= 1 && !who.isGateway(packet.dstHigh, packet.dstLow)) {
            handler.expired(packet);
        } else if (protocol == IpProtocol.TCP) {
            handler.tcp(packet);
        } else if (protocol == IpProtocol.UDP) {
            handler.udp(packet);
        } else if (icmp) {
            handler.icmp(packet);
        } else {
            handler.other(packet);
        }
        return true;
    }

    /** DHCP and NDP are all that a guest may say to everybody, or without an address. */
    private boolean multicast(boolean icmp) {
        if (packet.protocol == IpProtocol.UDP && isIpv4()) {
            handler.udp(packet);
            return true;
        }
        if (icmp && isIcmpv6()) {
            handler.icmp(packet);
            return true;
        }
        return false;
    }

    private boolean isIcmpv6() {
        return packet.protocol == IpProtocol.ICMPV6 && !isIpv4();
    }

    private boolean isIpv4() {
        return Addresses.isIpv4(packet.srcHigh, packet.srcLow);
    }
}

package dev.jsbx.netstack.ip;

import dev.jsbx.netstack.link.Frame;
import dev.jsbx.netstack.time.Clock;
import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.Bytes;
import dev.jsbx.netstack.wire.Ipv4;
import dev.jsbx.netstack.wire.Ipv6;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Puts fragments together (RFC 791 §3.2, RFC 8200 §4.5). At most {@link #DATAGRAMS} at a time, each
 * for at most {@link #TIMEOUT}; a fragment that overlaps another ends its datagram (RFC 5722, and
 * no sender of IPv4 does it either).
 *
 * <p>Each datagram has a buffer of its own that outlives it:
 *
 * <pre>
 *   0             64                                     64 + 65535
 *   │    IP header │ payload, each fragment at its offset │
 * </pre>
 */
final class Reassembler {
    /** Datagrams that may be incomplete at a time; the oldest makes room. */
    static final int DATAGRAMS = 16;

    /** How long the rest may take, in µs: between IPv4's 15 s and IPv6's 60 s. */
    static final long TIMEOUT = 30_000_000;

    private static final int HEADROOM = 64;
    private static final int MAX_PAYLOAD = 65535;
    private static final int BLOCKS = (MAX_PAYLOAD + 8) / 8;

    private final Clock clock;
    private final Datagram[] datagrams = new Datagram[DATAGRAMS];
    private final Frame whole = new Frame();

    Reassembler(Clock clock) {
        this.clock = clock;
    }

    /**
     * Takes a fragment. If it completes its datagram, the packet becomes the whole.
     *
     * @param offset of its payload in the datagram's, in bytes
     * @return whether the packet is whole now
     */
    boolean add(Packet p, int id, int offset, boolean more) {
        int end = offset + p.length;
        boolean odd = more && (p.length & 7) != 0;
        if (p.length <= 0 || end > MAX_PAYLOAD || odd) {
            return false;
        }
        Datagram d = find(p, id);
        if (d.poisoned || !d.put(p, offset, more)) {
            d.poisoned = true;
            return false;
        }
        if (!d.isComplete()) {
            return false;
        }
        d.used = false;
        d.present(p, whole);
        return true;
    }

    private Datagram find(Packet p, int id) {
        long now = clock.micros();
        Datagram free = null;
        Datagram oldest = null;
        for (int i = 0; i < DATAGRAMS; i++) {
            if (datagrams[i] == null) {
                datagrams[i] = new Datagram();
            }
            Datagram d = datagrams[i];
            if (d.used && now - d.since > TIMEOUT) {
                d.used = false;
            }
            if (d.used && d.matches(p, id)) {
                return d;
            }
            if (!d.used) {
                free = d;
            } else if (oldest == null || d.since < oldest.since) {
                oldest = d;
            }
        }
        Datagram d = free != null ? free : oldest;
        d.start(p, id, now);
        return d;
    }

    private static final class Datagram {
        private final long[] present = new long[(BLOCKS + 63) / 64];
        private MemorySegment buffer;
        private boolean used;
        private boolean poisoned;
        private long since;
        private int id;
        private int protocol;
        private long srcHigh;
        private long srcLow;
        private long dstHigh;
        private long dstLow;
        private int received;
        private int total;
        private int headerLength;

        void start(Packet p, int id, long now) {
            if (buffer == null) {
                buffer = Arena.ofAuto().allocate(HEADROOM + MAX_PAYLOAD, 8);
            }
            Arrays.fill(present, 0);
            used = true;
            poisoned = false;
            since = now;
            this.id = id;
            protocol = p.protocol;
            srcHigh = p.srcHigh;
            srcLow = p.srcLow;
            dstHigh = p.dstHigh;
            dstLow = p.dstLow;
            received = 0;
            total = -1;
            headerLength = 0;
        }

        boolean matches(Packet p, int id) {
            return this.id == id
                    && protocol == p.protocol
                    && srcLow == p.srcLow
                    && dstLow == p.dstLow
                    && srcHigh == p.srcHigh
                    && dstHigh == p.dstHigh;
        }

        boolean put(Packet p, int offset, boolean more) {
            int end = offset + p.length;
            if (total >= 0 && (end > total || !more && end != total)) {
                return false;
            }
            if (!more) {
                if (furthest() > end) {
                    return false;
                }
                total = end;
            }
            for (int block = offset / 8; block < (end + 7) / 8; block++) {
                long bit = 1L << (block & 63);
                if ((present[block >>> 6] & bit) != 0) {
                    return false;
                }
                present[block >>> 6] |= bit;
            }
            MemorySegment.copy(p.memory(), p.at, buffer, HEADROOM + (long) offset, p.length);
            received += p.length;
            if (offset == 0) {
                keepHeader(p);
            }
            return true;
        }

        /** Behind the last block that has come, in bytes. */
        private int furthest() {
            for (int i = present.length - 1; i >= 0; i--) {
                if (present[i] != 0) {
                    return (i * 64 + 64 - Long.numberOfLeadingZeros(present[i])) * 8 - 7;
                }
            }
            return 0;
        }

        private void keepHeader(Packet p) {
            boolean v4 = Addresses.isIpv4(srcHigh, srcLow);
            headerLength = v4 ? Ipv4.HEADER : Ipv6.HEADER;
            MemorySegment.copy(
                    p.memory(), p.ipAt, buffer, HEADROOM - (long) headerLength, headerLength);
        }

        boolean isComplete() {
            return total >= 0 && received == total;
        }

        void present(Packet p, Frame frame) {
            long ipAt = HEADROOM - (long) headerLength;
            boolean v4 = Addresses.isIpv4(srcHigh, srcLow);
            if (v4) {
                // Options are gone with the first fragment's header length.
                Bytes.put8(buffer, ipAt, 0x45);
                Ipv4.rewrite(buffer, ipAt, Math.min(headerLength + total, 65535), id, 0);
            } else {
                Ipv6.putPayloadLength(buffer, ipAt, total);
                Bytes.put8(buffer, ipAt + 6, protocol);
            }
            frame.offload().clear();
            frame.set(buffer, ipAt, headerLength + total);
            p.frame = frame;
            p.ipAt = ipAt;
            p.ipLength = headerLength + total;
            p.at = HEADROOM;
            p.length = total;
        }
    }
}

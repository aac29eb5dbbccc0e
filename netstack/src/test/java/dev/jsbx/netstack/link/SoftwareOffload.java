package dev.jsbx.netstack.link;

import dev.jsbx.netstack.wire.Bytes;
import dev.jsbx.netstack.wire.Checksum;
import dev.jsbx.netstack.wire.Ethernet;
import dev.jsbx.netstack.wire.Ipv4;
import dev.jsbx.netstack.wire.Ipv6;
import dev.jsbx.netstack.wire.Tcp;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Does what offloads leave to be done, so that frames look as they would on a wire. */
final class SoftwareOffload {
    private SoftwareOffload() {}

    /** The frames on the wire for one frame with offload metadata, checksums complete. */
    static List<byte[]> wire(byte[] frame, Offload offload) {
        List<byte[]> out = new ArrayList<>();
        if (offload.gsoSize() > 0) {
            segment(frame, offload, out);
        } else {
            byte[] copy = frame.clone();
            if (offload.needsChecksum()) {
                complete(copy, offload.checksumStart(), offload.checksumOffset());
            }
            out.add(copy);
        }
        return out;
    }

    private static void complete(byte[] frame, int start, int offset) {
        MemorySegment m = MemorySegment.ofArray(frame);
        // The field holds the pseudo-header's sum, so that it takes part.
        int sum = Checksum.sum(m, start, frame.length - start);
        Bytes.put16(m, start + offset, Checksum.finish(sum));
    }

    private static void segment(byte[] frame, Offload offload, List<byte[]> out) {
        MemorySegment whole = MemorySegment.ofArray(frame);
        int tcp = offload.checksumStart();
        int headers = tcp + Tcp.headerLength(whole, tcp);
        int payload = frame.length - headers;
        int size = offload.gsoSize();
        int seq = Tcp.sequence(whole, tcp);
        int flags = Tcp.flags(whole, tcp);
        int lengthSum = frame.length - tcp;
        int pseudo = Bytes.u16(whole, tcp + Tcp.CHECKSUM);
        for (int offset = 0; offset < payload; offset += size) {
            int n = Math.min(size, payload - offset);
            boolean last = offset + n == payload;
            byte[] piece = Arrays.copyOf(frame, headers + n);
            System.arraycopy(frame, headers + offset, piece, headers, n);
            MemorySegment m = MemorySegment.ofArray(piece);
            Tcp.rewrite(m, tcp, seq + offset, last ? flags : flags & ~(Tcp.PSH | Tcp.FIN));
            int ip = Ethernet.HEADER;
            int ipPayload = piece.length - tcp;
            if (offload.gsoType() == Offload.GSO_TCPV4) {
                int id = Ipv4.identification(m, ip) + offset / size;
                Ipv4.rewrite(m, ip, piece.length - ip, id & 0xffff, Ipv4.fragment(m, ip));
            } else {
                Ipv6.putPayloadLength(m, ip, ipPayload);
            }
            // The pseudo-header's length becomes this piece's.
            int own = Checksum.add(pseudo, Checksum.add(~lengthSum & 0xffff, ipPayload));
            Bytes.put16(m, tcp + Tcp.CHECKSUM, own);
            complete(piece, tcp, Tcp.CHECKSUM);
            out.add(piece);
        }
    }
}

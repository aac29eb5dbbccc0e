package dev.jsbx.netstack.dns;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** Writes replies. All records belong to the name that was asked for. */
final class DnsReply {
    private static final int QR_AND_RA = 0x8080;
    private static final int TC = 0x0200;
    private static final int POINTER_TO_QUESTION = 0xc000 | DnsQuery.HEADER;
    private static final int CLASS_IN = 1;
    private static final int OPT_LENGTH = 11;
    private static final int MAX_TCP = 0xffff;

    private DnsReply() {}

    /**
     * Writes a reply.
     *
     * @param tcp whether it may be as long as a TCP message; else what is too long is left out and
     *     the guest told to come back by TCP
     */
    static void write(ByteBuf out, DnsQuery query, int code, List<DnsRecord> records, boolean tcp) {
        int start = out.writerIndex();
        out.writeShort(query.id());
        out.writeShort(query.flags() | QR_AND_RA | code & 15);
        out.writeShort(query.question().length == 0 ? 0 : 1);
        out.writeShort(0);
        out.writeShort(0);
        out.writeShort(query.edns() ? 1 : 0);
        out.writeBytes(query.question());
        int limit = (tcp ? MAX_TCP : query.payload()) - (query.edns() ? OPT_LENGTH : 0);
        int count = 0;
        for (DnsRecord record : records) {
            if (out.writerIndex() - start + 12 + record.data().length > limit) {
                break;
            }
            out.writeShort(POINTER_TO_QUESTION);
            out.writeShort(record.type());
            out.writeShort(CLASS_IN);
            out.writeInt(record.ttl());
            out.writeShort(record.data().length);
            out.writeBytes(record.data());
            count++;
        }
        out.setShort(start + 6, count);
        if (count < records.size()) {
            out.setShort(start + 2, query.flags() | QR_AND_RA | TC | code & 15);
        }
        if (query.edns()) {
            out.writeByte(0);
            out.writeShort(DnsType.OPT);
            out.writeShort(1232);
            out.writeByte(code >>> 4);
            out.writeByte(0);
            out.writeShort(0);
            out.writeShort(0);
        }
    }
}

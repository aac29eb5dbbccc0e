package dev.jsbx.netstack.dns;

import io.netty.buffer.ByteBuf;

/**
 * A guest's query, as far as it can be read.
 *
 * @param id to be echoed
 * @param flags of the header, as far as they are echoed: opcode and RD
 * @param question the question section's bytes, echoed so that a guest's random case comes back;
 *     empty if it cannot be read
 * @param name asked for, in the case of the guest; null if there is none
 * @param type asked for
 * @param error {@link DnsType#NOERROR}, or what to answer
 * @param edns whether the query had an OPT record, so that the reply has one, too
 * @param payload the most bytes that a reply by UDP may have
 */
record DnsQuery(
        int id,
        int flags,
        byte[] question,
        String name,
        int type,
        int error,
        boolean edns,
        int payload) {
    static final int HEADER = 12;

    private static final int QR = 0x8000;
    private static final int OPCODE = 0x7800;
    private static final int RD = 0x0100;
    private static final int CLASS_IN = 1;
    private static final int PLAIN_PAYLOAD = 512; // RFC 1035 §2.3.4

    // What passes every link without fragments; longer answers go by TCP.
    private static final int MAX_PAYLOAD = 1232;

    /**
     * Reads a message.
     *
     * @return null if it is none, or a response, to which nobody answers
     */
    static DnsQuery parse(ByteBuf message) {
        ByteBuf in = message.slice();
        if (in.readableBytes() < HEADER) {
            return null;
        }
        int id = in.readUnsignedShort();
        int flags = in.readUnsignedShort();
        if ((flags & QR) != 0) {
            return null;
        }
        int questions = in.readUnsignedShort();
        int answers = in.readUnsignedShort();
        int authorities = in.readUnsignedShort();
        int additionals = in.readUnsignedShort();
        int echoed = flags & (OPCODE | RD);
        if ((flags & OPCODE) != 0) {
            return error(id, echoed, DnsType.NOTIMP);
        }
        if (questions != 1 || answers != 0 || authorities != 0 || additionals > 1) {
            return error(id, echoed, DnsType.FORMERR);
        }
        String name = DnsNames.read(in);
        if (name == null || in.readableBytes() < 4) {
            return error(id, echoed, DnsType.FORMERR);
        }
        int type = in.readUnsignedShort();
        int code = in.readUnsignedShort() == CLASS_IN ? DnsType.NOERROR : DnsType.REFUSED;
        byte[] question = new byte[in.readerIndex() - HEADER];
        in.getBytes(HEADER, question);
        DnsQuery plain = new DnsQuery(id, echoed, question, name, type, code, false, PLAIN_PAYLOAD);
        return additionals == 0 ? plain.ended(in) : plain.withOpt(in);
    }

    private static DnsQuery error(int id, int flags, int code) {
        return new DnsQuery(id, flags, new byte[0], null, 0, code, false, PLAIN_PAYLOAD);
    }

    private DnsQuery ended(ByteBuf in) {
        return in.isReadable() ? with(DnsType.FORMERR, edns, payload) : this;
    }

    // RFC 6891 §6.1.2: root name, type, payload, extended code, version, flags, options.
    private DnsQuery withOpt(ByteBuf in) {
        if (in.readableBytes() < 11
                || in.readUnsignedByte() != 0
                || in.readUnsignedShort() != DnsType.OPT) {
            return with(DnsType.FORMERR, false, payload);
        }
        int asked = in.readUnsignedShort();
        int offered = Math.min(MAX_PAYLOAD, Math.max(PLAIN_PAYLOAD, asked));
        in.skipBytes(1);
        int version = in.readUnsignedByte();
        in.skipBytes(2);
        int options = in.readUnsignedShort();
        if (options != in.readableBytes()) {
            return with(DnsType.FORMERR, true, offered);
        }
        return with(version == 0 ? error : DnsType.BADVERS, true, offered);
    }

    private DnsQuery with(int code, boolean hasOpt, int bytes) {
        return new DnsQuery(id, flags, question, name, type, code, hasOpt, bytes);
    }
}

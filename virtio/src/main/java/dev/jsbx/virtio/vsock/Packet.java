package dev.jsbx.virtio.vsock;

import dev.jsbx.virtio.queue.ReadableBuffers;
import dev.jsbx.virtio.queue.WritableBuffers;

/** The header of one packet, {@code struct virtio_vsock_hdr} (virtio 1.2 §5.10.6); reused. */
final class Packet {
    static final int HEADER_SIZE = 44;

    /** {@code VIRTIO_VSOCK_TYPE_STREAM}. */
    static final int STREAM = 1;

    /** The host's context id, {@code VMADDR_CID_HOST}. */
    static final long HOST_CID = 2;

    private static final int SRC_CID = 0;
    private static final int DST_CID = 8;
    private static final int SRC_PORT = 16;
    private static final int DST_PORT = 20;
    private static final int LEN = 24;
    private static final int TYPE = 28;
    private static final int OP = 30;
    private static final int FLAGS = 32;
    private static final int BUF_ALLOC = 36;
    private static final int FWD_CNT = 40;

    long srcCid;
    long dstCid;
    int srcPort;
    int dstPort;

    /** Bytes of payload, unsigned. */
    long length;

    int type;
    int op;
    int flags;
    int bufAlloc;
    int fwdCnt;

    /**
     * Takes the header out of a chain, which may be cut anywhere.
     *
     * @return false if the chain is shorter than a header with its payload
     */
    boolean read(ReadableBuffers in) {
        if (in.length() < HEADER_SIZE) {
            return false;
        }
        srcCid = in.getLong(SRC_CID);
        dstCid = in.getLong(DST_CID);
        srcPort = in.getInt(SRC_PORT);
        dstPort = in.getInt(DST_PORT);
        length = in.getInt(LEN) & 0xffffffffL;
        type = in.getShort(TYPE) & 0xffff;
        op = in.getShort(OP) & 0xffff;
        flags = in.getInt(FLAGS);
        bufAlloc = in.getInt(BUF_ALLOC);
        fwdCnt = in.getInt(FWD_CNT);
        return length <= in.length() - HEADER_SIZE;
    }

    /** Fills in a packet from the host to the guest. */
    void toGuest(long guestCid, int hostPort, int guestPort, int operation) {
        srcCid = HOST_CID;
        dstCid = guestCid;
        srcPort = hostPort;
        dstPort = guestPort;
        length = 0;
        type = STREAM;
        op = operation;
        flags = 0;
        bufAlloc = 0;
        fwdCnt = 0;
    }

    /** Puts the header at the start of a chain with room for it. */
    void write(WritableBuffers out) {
        out.setLong(SRC_CID, srcCid);
        out.setLong(DST_CID, dstCid);
        out.setInt(SRC_PORT, srcPort);
        out.setInt(DST_PORT, dstPort);
        out.setInt(LEN, (int) length);
        out.setShort(TYPE, (short) type);
        out.setShort(OP, (short) op);
        out.setInt(FLAGS, flags);
        out.setInt(BUF_ALLOC, bufAlloc);
        out.setInt(FWD_CNT, fwdCnt);
    }
}

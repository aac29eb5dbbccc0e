package dev.jsbx.virtio.vsock;

/**
 * The protocol of one connection (virtio 1.2 §5.10.6.3 credit, §5.10.6.6 streams), without any I/O:
 * told what came from the guest and what became of the host's socket, it says what may and must be
 * sent to the guest. Counters are 32 bits wide and wrap, as on the wire.
 *
 * <pre>
 *   by the host:   REQUESTED ── RESPONSE ──▶ ESTABLISHED
 *   by the guest:  (REQUEST) ──────────────▶ ESTABLISHED ── RST or an error ──▶ gone
 * </pre>
 *
 * Each direction ends on its own; who owns the state forgets it when both have ended.
 */
final class StreamState {
    /** Bytes from the guest that this side is ready to hold. */
    static final int BUF_ALLOC = 128 << 10;

    private boolean established;

    // Towards the guest. What the guest can take is its buffer minus what it has not read yet.
    private int guestBufAlloc;
    private int guestFwdCnt;
    private int sentCount;
    private boolean creditRequested;

    // From the guest. What it believes to be free depends on the last forwarded count it was told.
    private int receivedCount;
    private int forwardedCount;
    private int toldForwarded;

    /** Ends that the guest has announced, as flags of SHUTDOWN. */
    private int guestEnds;

    /** Ends that the host has; announced to the guest up to {@link #toldEnds}. */
    private int hostEnds;

    private int toldEnds;

    private boolean requestDue;
    private boolean responseDue;
    private boolean creditUpdateDue;
    private boolean creditRequestDue;

    private StreamState() {}

    /** A connection that a process of the host asks for. */
    static StreamState byHost() {
        StreamState state = new StreamState();
        state.requestDue = true;
        return state;
    }

    /** A connection that the guest asked for, and that the host accepts. */
    static StreamState byGuest() {
        StreamState state = new StreamState();
        state.established = true;
        state.responseDue = true;
        return state;
    }

    boolean isEstablished() {
        return established;
    }

    /** Every packet of the guest carries its buffer's size, which may change, and what it read. */
    void credit(int bufAlloc, int fwdCnt) {
        guestBufAlloc = bufAlloc;
        guestFwdCnt = fwdCnt;
        if (room() > 0) {
            creditRequested = false;
        }
    }

    /** Bytes that the guest can take; 0 also when it shrank its buffer below what is under way. */
    private long room() {
        long underWay = Integer.toUnsignedLong(sentCount - guestFwdCnt);
        return Math.max(0, Integer.toUnsignedLong(guestBufAlloc) - underWay);
    }

    /**
     * The guest accepts.
     *
     * @return false if that was not asked
     */
    boolean accepted() {
        if (established || requestDue) {
            return false;
        }
        established = true;
        return true;
    }

    /** Whether data may flow to the guest, credit aside. */
    boolean isOpenToGuest() {
        return established
                && (guestEnds & Op.SHUTDOWN_RCV) == 0
                && (hostEnds & Op.SHUTDOWN_SEND) == 0;
    }

    /** Bytes of data that may be sent to the guest now. */
    long sendable() {
        return isOpenToGuest() ? room() : 0;
    }

    /** Whether it is worth to look for data: there is credit for it, or it can be asked for. */
    boolean mayTrySending() {
        return isOpenToGuest() && (room() > 0 || !creditRequested);
    }

    /** There is data for the guest, and no credit: the guest is asked for it, once. */
    void lacksCredit() {
        if (!creditRequested) {
            creditRequested = true;
            creditRequestDue = true;
        }
    }

    /** Data was sent to the guest, within {@link #sendable}. */
    void sent(long bytes) {
        sentCount += (int) bytes;
    }

    /**
     * Data came from the guest.
     *
     * @return false if the guest had no right to send it
     */
    boolean received(long bytes) {
        long held = Integer.toUnsignedLong(receivedCount - forwardedCount);
        if (!established || (guestEnds & Op.SHUTDOWN_SEND) != 0 || bytes > BUF_ALLOC - held) {
            return false;
        }
        receivedCount += (int) bytes;
        return true;
    }

    /** Data of the guest has left this side, to the host's process or into nothing. */
    void forwarded(long bytes) {
        forwardedCount += (int) bytes;
        // Linux uses no more of our buffer than its own is large: half of the smaller one of news
        // is enough to keep it sending, and little enough not to answer every packet.
        long window = Math.min(BUF_ALLOC, Integer.toUnsignedLong(guestBufAlloc));
        if (Integer.toUnsignedLong(forwardedCount - toldForwarded) >= Math.max(1, window / 2)) {
            creditUpdateDue = true;
        }
    }

    /** The guest asks how much it may send. */
    void creditRequested() {
        creditUpdateDue = true;
    }

    /** The guest ends directions, irrevocably. */
    void guestShutdown(int flags) {
        guestEnds |= flags & Op.SHUTDOWN_BOTH;
    }

    /** The host's process has ended directions: SEND at its end of file, RCV if it is gone. */
    void hostShutdown(int flags) {
        hostEnds |= flags;
    }

    /** Whether the guest will send nothing more. */
    boolean guestHasSentAll() {
        return (guestEnds & Op.SHUTDOWN_SEND) != 0;
    }

    /** Whether the guest will receive nothing more. */
    boolean guestReceivesNothing() {
        return (guestEnds & Op.SHUTDOWN_RCV) != 0;
    }

    /** Whether the guest is done with the connection, and waits for RST. */
    boolean guestIsDone() {
        return guestEnds == Op.SHUTDOWN_BOTH;
    }

    /** Whether the host's process is gone, and the guest was told; its RST is yet to come. */
    boolean waitsForGuest() {
        return toldEnds == Op.SHUTDOWN_BOTH;
    }

    /** Whether the host's process takes nothing more. */
    boolean hostReceivesNothing() {
        return (hostEnds & Op.SHUTDOWN_RCV) != 0;
    }

    /** Whether the guest does not know of the connection yet, so that it needs no RST either. */
    boolean isUnknownToGuest() {
        return requestDue;
    }

    /**
     * The operation that is to be sent to the guest next, apart from data.
     *
     * @return 0 if there is none
     */
    int due() {
        if (requestDue) {
            return Op.REQUEST;
        }
        if (responseDue) {
            return Op.RESPONSE;
        }
        if (!established) {
            // Nothing may come before the guest's RESPONSE, or it takes the connection for broken.
            return 0;
        }
        if (hostEnds != toldEnds) {
            return Op.SHUTDOWN;
        }
        if (creditUpdateDue) {
            return Op.CREDIT_UPDATE;
        }
        return creditRequestDue && isOpenToGuest() ? Op.CREDIT_REQUEST : 0;
    }

    /** Completes the header of a packet that is sent now; {@code op} is {@link #due} or RW. */
    void stamp(Packet packet) {
        packet.bufAlloc = BUF_ALLOC;
        packet.fwdCnt = forwardedCount;
        // Whatever the packet is for, it tells the credit too.
        toldForwarded = forwardedCount;
        creditUpdateDue = false;
        switch (packet.op) {
            case Op.REQUEST -> requestDue = false;
            case Op.RESPONSE -> responseDue = false;
            case Op.CREDIT_REQUEST -> creditRequestDue = false;
            case Op.SHUTDOWN -> {
                packet.flags = hostEnds;
                toldEnds = hostEnds;
            }
            default -> {}
        }
    }
}

package dev.jsbx.netstack.link;

/**
 * A point-to-point Ethernet link to one guest. All methods are for the stack's event loop only.
 *
 * <p>Implementations take frames of up to {@link #MAX_FRAME} bytes both ways where the offloads
 * they tell of allow super-segments, and of {@link #mtu} plus 14 bytes otherwise.
 */
public interface Link extends AutoCloseable {
    /** The largest frame with segmentation left to the other side: Ethernet and IP at its most. */
    int MAX_FRAME = 14 + 65535;

    /**
     * The other side makes checksums: {@link Offload#needsChecksum} may be set in what goes out.
     */
    int CHECKSUM = 1;

    /** The other side takes super-segments of TCP over IPv4. */
    int TSO4 = 2;

    /** The other side takes super-segments of TCP over IPv6. */
    int TSO6 = 4;

    /** The other side takes datagrams of UDP over IPv4, several as one; see {@link Offload}. */
    int USO4 = 8;

    /** The other side takes datagrams of UDP over IPv6, several as one. */
    int USO6 = 16;

    /** The largest IP packet on the wire, in bytes. */
    int mtu();

    /** Which of these there are, for what goes out. */
    int offloads();

    /**
     * Hands waiting frames to the handler.
     *
     * @param budget how many at most, above 0
     * @return how many it handed over; less than the budget only if no more wait
     */
    int receive(FrameHandler handler, int budget);

    /**
     * Sends a frame, or puts it where {@link #flush} will send it from.
     *
     * @return false if there is no room now; the stack tries again after {@link #receive} or after
     *     it was told to poll
     */
    boolean transmit(OutFrame frame);

    /** Lets the other side know of what has been transmitted; called once per batch. */
    void flush();

    /**
     * A descriptor that is readable while {@link #receive} has frames, or {@link #transmit} has
     * room again after it had none; -1 if whoever drives the link polls the stack by other means.
     */
    default int readinessFd() {
        return -1;
    }

    /**
     * When {@link #receive} should be called even without readiness, in µs of the stack's clock.
     */
    default long deadline() {
        return Long.MAX_VALUE;
    }

    @Override
    void close();
}

package dev.jsbx.netstack.tcp;

/** Decides how much may be under way. Sizes in bytes, times in µs. */
interface CongestionControl {
    /** The congestion window. */
    int cwnd();

    /** Sets the congestion window, as recovery by PRR does at each acknowledgment. */
    void setCwnd(int bytes);

    /** Where slow start ends. */
    int ssthresh();

    /** The segment size has become known or has changed. */
    void setMss(int mss);

    /**
     * New data has been acknowledged outside recovery.
     *
     * @param limited whether the window was what held the sender back
     */
    void acked(int bytes, long now, long srtt, boolean limited);

    /** Loss was detected by acknowledgments: sets a new {@link #ssthresh}. */
    void lost(int inFlight, long now);

    /** Recovery is over: the window becomes {@link #ssthresh}. */
    void recovered(long now);

    /** The retransmission timeout has passed: the window becomes one segment. */
    void timedOut(int inFlight, boolean first);

    /** Nothing was sent for longer than the retransmission timeout (RFC 5681 §4.1). */
    void idle();
}

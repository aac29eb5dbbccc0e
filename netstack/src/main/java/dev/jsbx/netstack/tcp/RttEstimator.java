package dev.jsbx.netstack.tcp;

/** Round-trip time and retransmission timeout (RFC 6298). All in µs. */
final class RttEstimator {
    /** RFC 6298 §2.1: before any measurement. */
    private static final long INITIAL_RTO = 1_000_000;

    /** The clock's granularity G. */
    private static final long GRANULARITY = 1000;

    /** How long the least of all measurements counts (RFC 8985 §6.2 step 1 wants it windowed). */
    private static final long MIN_WINDOW = 300_000_000;

    private final long minRto;
    private final long maxRto;
    private long srtt;
    private long rttvar;
    private long rto = INITIAL_RTO;
    private int backoff;

    private long minRtt = Long.MAX_VALUE;
    private long minRttNext = Long.MAX_VALUE;
    private long minWindowStart;

    RttEstimator(long minRto, long maxRto) {
        this.minRto = minRto;
        this.maxRto = maxRto;
    }

    /** Takes a measurement, which the caller has made sure is of no retransmission (Karn). */
    void sample(long rtt, long now) {
        long r = Math.max(rtt, 1);
        if (srtt == 0) {
            srtt = r;
            rttvar = r / 2;
        } else {
            rttvar += (Math.abs(srtt - r) - rttvar) / 4;
            srtt += (r - srtt) / 8;
            srtt = Math.max(srtt, 1);
        }
        rto = Math.clamp(srtt + Math.max(GRANULARITY, 4 * rttvar), minRto, maxRto);
        minimum(r, now);
    }

    private void minimum(long rtt, long now) {
        if (now - minWindowStart > MIN_WINDOW) {
            minRtt = minRttNext;
            minRttNext = Long.MAX_VALUE;
            minWindowStart = now;
        }
        minRttNext = Math.min(minRttNext, rtt);
        minRtt = Math.min(minRtt, rtt);
    }

    /** 0 before the first measurement. */
    long srtt() {
        return srtt;
    }

    /** The least measured of late; 0 before the first measurement. */
    long minRtt() {
        return minRtt == Long.MAX_VALUE ? 0 : minRtt;
    }

    /** With the backoff of RFC 6298 §5.5. */
    long rto() {
        return Math.min(rto << Math.min(backoff, 16), maxRto);
    }

    /** Doubles the timeout. */
    void backOff() {
        backoff++;
    }

    /** How often the timeout has been doubled since something was acknowledged. */
    int backoff() {
        return backoff;
    }

    void resetBackoff() {
        backoff = 0;
    }

    /** RFC 6298 §5.7: the handshake was retransmitted, so data starts with 3 s. */
    void handshakeTimedOut() {
        if (srtt == 0) {
            rto = Math.min(3 * INITIAL_RTO, maxRto);
        }
    }
}

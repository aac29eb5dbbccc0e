package dev.jsbx.netstack.tcp;

/**
 * CUBIC (RFC 9438). The cubic function counts in segments and seconds, everything else in bytes.
 */
final class Cubic implements CongestionControl {
    private static final double C = 0.4;
    private static final double BETA = 0.7;

    /** RFC 9438 §4.3: makes the Reno-friendly window as aggressive as Reno. */
    private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);

    /** RFC 6928. */
    private static final int INITIAL_SEGMENTS = 10;

    /** More is never needed: no receive window is larger. */
    private static final int MAX_CWND = 1 << 30;

    private int mss = 536;
    private int cwnd = INITIAL_SEGMENTS * mss;
    private int ssthresh = Integer.MAX_VALUE;

    private double wMax;
    private double k;
    private double wEst;
    private double fraction;
    private long epochStart = -1;

    @Override
    public int cwnd() {
        return cwnd;
    }

    @Override
    public void setCwnd(int bytes) {
        cwnd = Math.clamp(bytes, mss, MAX_CWND);
    }

    @Override
    public int ssthresh() {
        return ssthresh;
    }

    @Override
    public void setMss(int mss) {
        if (cwnd == INITIAL_SEGMENTS * this.mss) {
            cwnd = INITIAL_SEGMENTS * mss;
        }
        this.mss = mss;
        cwnd = Math.max(cwnd, mss);
    }

    @Override
    public void acked(int bytes, long now, long srtt, boolean limited) {
        if (!limited) {
            // RFC 9438 §5.8: time without pressure on the window does not count.
            epochStart = -1;
            return;
        }
        int left = bytes;
        if (cwnd < ssthresh) {
            int grow = Math.min(left, ssthresh - cwnd);
            setCwnd(cwnd + Math.min(grow, MAX_CWND - cwnd));
            left -= grow;
        }
        if (left > 0) {
            avoidCongestion(left, now, srtt);
        }
    }

    private void avoidCongestion(int bytes, long now, long srtt) {
        double w = (double) cwnd / mss;
        if (epochStart < 0) {
            epochStart = now;
            k = wMax > w ? Math.cbrt((wMax - w) / C) : 0;
            wMax = Math.max(wMax, w);
            wEst = w;
            fraction = 0;
        }
        double t = (now - epochStart) / 1e6;
        double segments = (double) bytes / mss;
        wEst += (wEst >= wMax ? 1 : ALPHA) * segments / w;
        double target = Math.clamp(cubic(t + srtt / 1e6), w, 1.5 * w);
        double next = w + (target - w) / w * segments;
        if (cubic(t) < wEst) {
            next = Math.max(next, wEst);
        }
        // What is less than a byte is carried over, else small windows would never grow.
        double grown = next * mss + fraction;
        setCwnd((int) Math.min(grown, MAX_CWND));
        fraction = grown - Math.floor(grown);
    }

    private double cubic(double t) {
        double d = t - k;
        return C * d * d * d + wMax;
    }

    @Override
    public void lost(int inFlight, long now) {
        double w = (double) cwnd / mss;
        // Fast convergence (RFC 9438 §4.7): leave room to those who came later.
        wMax = w < wMax ? w * (1 + BETA) / 2 : w;
        ssthresh = Math.max((int) (Math.min(cwnd, Math.max(inFlight, mss)) * BETA), 2 * mss);
        epochStart = -1;
    }

    @Override
    public void recovered(long now) {
        setCwnd(ssthresh);
        epochStart = -1;
    }

    @Override
    public void timedOut(int inFlight, boolean first) {
        if (first) {
            lost(inFlight, 0);
        }
        cwnd = mss;
        epochStart = -1;
    }

    @Override
    public void idle() {
        cwnd = Math.min(cwnd, INITIAL_SEGMENTS * mss);
        epochStart = -1;
    }
}

package dev.jsbx.netstack.ip;

import dev.jsbx.netstack.wire.Addresses;
import java.net.InetSocketAddress;

/**
 * What tells one flow from another: addresses and ports of both sides. "Local" is the stack's side,
 * whatever address the guest believes to speak to; "remote" is the guest. Extended by whatever a
 * {@link TupleTable} holds, so that its chains need no objects.
 */
public abstract class Tuple {
    public final long localHigh;
    public final long localLow;
    public final long remoteHigh;
    public final long remoteLow;
    public final int localPort;
    public final int remotePort;

    /** The table's. */
    Tuple chain;

    protected Tuple(
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort) {
        this.localHigh = localHigh;
        this.localLow = localLow;
        this.localPort = localPort;
        this.remoteHigh = remoteHigh;
        this.remoteLow = remoteLow;
        this.remotePort = remotePort;
    }

    boolean matches(long lh, long ll, int lp, long rh, long rl, int rp) {
        return remotePort == rp
                && localPort == lp
                && remoteLow == rl
                && localLow == ll
                && remoteHigh == rh
                && localHigh == lh;
    }

    public final boolean isIpv4() {
        return Addresses.isIpv4(localHigh, localLow);
    }

    /** The address and port that the guest speaks to, or that speaks to the guest. */
    public final InetSocketAddress localAddress() {
        return new InetSocketAddress(Addresses.toInetAddress(localHigh, localLow), localPort);
    }

    /** The guest's address and port. */
    public final InetSocketAddress remoteAddress() {
        return new InetSocketAddress(Addresses.toInetAddress(remoteHigh, remoteLow), remotePort);
    }
}

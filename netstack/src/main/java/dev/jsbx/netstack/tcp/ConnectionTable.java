package dev.jsbx.netstack.tcp;

/**
 * Connections by addresses and ports: a hash table with chains through the connections themselves,
 * so that look-ups and changes allocate nothing.
 */
final class ConnectionTable {
    private final SipHash hash;
    private TcpConnection[] buckets = new TcpConnection[64];
    private int size;

    ConnectionTable(SipHash hash) {
        this.hash = hash;
    }

    /** The connection that a segment belongs to, or null. */
    TcpConnection find(Segment s) {
        int h = hash(s.localHigh, s.localLow, s.remoteHigh, s.remoteLow, s.localPort, s.remotePort);
        TcpConnection c = buckets[h & buckets.length - 1];
        while (c != null && !c.matches(s)) {
            c = c.chain;
        }
        return c;
    }

    /** Whether a connection with these addresses and ports exists. */
    boolean contains(TcpConnection like) {
        TcpConnection c = buckets[hash(like) & buckets.length - 1];
        while (c != null && !c.sameTuple(like)) {
            c = c.chain;
        }
        return c != null;
    }

    /** Adds a connection that is not in the table. */
    void add(TcpConnection c) {
        if (++size > buckets.length) {
            grow();
        }
        int i = hash(c) & buckets.length - 1;
        c.chain = buckets[i];
        buckets[i] = c;
    }

    /** Takes a connection out; one that is not there is no error. */
    void remove(TcpConnection c) {
        int i = hash(c) & buckets.length - 1;
        TcpConnection previous = null;
        for (TcpConnection here = buckets[i]; here != null; here = here.chain) {
            if (here == c) {
                if (previous == null) {
                    buckets[i] = c.chain;
                } else {
                    previous.chain = c.chain;
                }
                c.chain = null;
                size--;
                return;
            }
            previous = here;
        }
    }

    int size() {
        return size;
    }

    /** All connections, as of now. */
    TcpConnection[] snapshot() {
        TcpConnection[] all = new TcpConnection[size];
        int n = 0;
        for (TcpConnection head : buckets) {
            for (TcpConnection c = head; c != null; c = c.chain) {
                all[n++] = c;
            }
        }
        return all;
    }

    private void grow() {
        TcpConnection[] old = buckets;
        buckets = new TcpConnection[old.length * 2];
        for (TcpConnection head : old) {
            for (TcpConnection c = head; c != null; ) {
                TcpConnection next = c.chain;
                int i = hash(c) & buckets.length - 1;
                c.chain = buckets[i];
                buckets[i] = c;
                c = next;
            }
        }
    }

    private int hash(TcpConnection c) {
        return hash(c.localHigh, c.localLow, c.remoteHigh, c.remoteLow, c.localPort, c.remotePort);
    }

    private int hash(long lh, long ll, long rh, long rl, int localPort, int remotePort) {
        return (int) hash.hash(lh, ll, rh, rl, (long) localPort << 16 | remotePort);
    }
}

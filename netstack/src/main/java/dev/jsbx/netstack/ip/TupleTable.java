package dev.jsbx.netstack.ip;

import java.util.ArrayList;
import java.util.List;

/**
 * Flows by addresses and ports: a hash table with chains through the flows themselves, so that
 * look-ups and changes allocate nothing.
 */
public final class TupleTable<T extends Tuple> {
    private final SipHash hash;
    private Tuple[] buckets = new Tuple[64];
    private int size;

    /**
     * @param hash keyed by a secret, so that a guest cannot put all its flows in one bucket
     */
    public TupleTable(SipHash hash) {
        this.hash = hash;
    }

    /** The flow with these addresses and ports, or null. */
    @SuppressWarnings("unchecked") // only T goes in
    public T find(
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort) {
        int h = hash(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
        Tuple t = buckets[h & buckets.length - 1];
        while (t != null
                && !t.matches(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort)) {
            t = t.chain;
        }
        return (T) t;
    }

    /** Adds a flow whose addresses and ports are not in the table. */
    public void add(T t) {
        if (++size > buckets.length) {
            grow();
        }
        insert(t);
    }

    private void insert(Tuple t) {
        int i = hash(t) & buckets.length - 1;
        t.chain = buckets[i];
        buckets[i] = t;
    }

    /** Takes a flow out; one that is not there is no error. */
    public void remove(T t) {
        int i = hash(t) & buckets.length - 1;
        Tuple previous = null;
        for (Tuple here = buckets[i]; here != null; here = here.chain) {
            if (here == t) {
                if (previous == null) {
                    buckets[i] = t.chain;
                } else {
                    previous.chain = t.chain;
                }
                t.chain = null;
                size--;
                return;
            }
            previous = here;
        }
    }

    public int size() {
        return size;
    }

    /** All flows, as of now. */
    @SuppressWarnings("unchecked") // only T went in
    public List<T> snapshot() {
        List<T> all = new ArrayList<>(size);
        for (Tuple head : buckets) {
            for (Tuple t = head; t != null; t = t.chain) {
                all.add((T) t);
            }
        }
        return all;
    }

    private void grow() {
        Tuple[] old = buckets;
        buckets = new Tuple[old.length * 2];
        for (Tuple head : old) {
            for (Tuple t = head; t != null; ) {
                Tuple next = t.chain;
                insert(t);
                t = next;
            }
        }
    }

    private int hash(Tuple t) {
        return hash(t.localHigh, t.localLow, t.localPort, t.remoteHigh, t.remoteLow, t.remotePort);
    }

    private int hash(long lh, long ll, int lp, long rh, long rl, int rp) {
        return (int) hash.hash(lh, ll, rh, rl, (long) lp << 16 | rp);
    }
}

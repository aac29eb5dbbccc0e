package dev.jsbx.virtio.fs;

import dev.jsbx.virtio.device.DeviceQueue;
import dev.jsbx.virtio.queue.VirtQueue;
import java.util.ArrayDeque;

/**
 * One queue of requests and the thread that serves it. What waits is served on that thread, one
 * after the other, which is fastest as long as the host answers from memory: to wake another thread
 * costs more than to look a name up, and takes a processor from the guest. Where the host's file
 * system lets requests wait, and more than a few do, the threads of a small pool help. The ring is
 * guarded by this object's lock.
 */
final class RequestQueue implements Exchange.Completion {
    /** As many are served in a row before help is called. */
    private static final int INLINE = 3;

    /** What handing a request to another thread costs about; help pays where one takes longer. */
    private static final long HELP_PAYS_NANOS = 100_000;

    /** The average of how long requests take goes an eighth of the way to each new figure. */
    private static final int AVERAGED = 8;

    /** The most that may wait for locks or be in the pool; as many exchanges are kept. */
    private static final int MOST_UNDER_WAY = 512;

    private final DeviceQueue queue;
    private final VirtQueue ring;
    private final FuseServer server;
    private final Passthrough files;
    private final HelperPool pool;
    private final ArrayDeque<Exchange> idle = new ArrayDeque<>();
    private int underWay;
    private boolean starved;
    private boolean prepared;

    // Threads may overwrite each other's figure: an average does not mind.
    private volatile long averageNanos;

    RequestQueue(DeviceQueue queue, FuseServer server, Passthrough files, HelperPool pool) {
        this.queue = queue;
        this.server = server;
        this.files = files;
        this.pool = pool;
        ring = queue.ring();
    }

    /** Serves what waits; of the queue's thread. */
    void drain() {
        if (!prepared) {
            files.assumeOwner();
            prepared = true;
        }
        int budget = ring.rings().size();
        int inARow = 0;
        Exchange next;
        while ((next = take()) != null) {
            inARow++;
            if (inARow <= INLINE || !helpPays() || !pool.help(next, this)) {
                finish(next);
            }
            if (--budget == 0) {
                // A driver that adds without end must not keep the worker from its other duties.
                queue.kick().signal();
                return;
            }
        }
    }

    private synchronized boolean helpPays() {
        return averageNanos > HELP_PAYS_NANOS && ring.hasAvailable();
    }

    /** The next request; null if none waits, and then a kick comes with the next one. */
    private synchronized Exchange take() {
        if (underWay == MOST_UNDER_WAY) {
            starved = true;
            return null;
        }
        Exchange exchange = idle.isEmpty() ? new Exchange(this) : idle.pop();
        ring.disableNotifications();
        do {
            if (ring.pop(exchange.chain())) {
                underWay++;
                return exchange;
            }
        } while (ring.enableNotifications());
        idle.push(exchange);
        return null;
    }

    /** Serves one request to its end, or until it has to wait; of any thread. */
    void finish(Exchange exchange) {
        long start = System.nanoTime();
        long written = server.serve(exchange);
        averageNanos += (System.nanoTime() - start - averageNanos) / AVERAGED;
        if (written != FuseServer.LATER) {
            complete(exchange, written);
        }
    }

    @Override
    public synchronized void complete(Exchange exchange, long written) {
        ring.push(exchange.chain(), written);
        queue.signalIfNeeded();
        idle.push(exchange);
        underWay--;
        if (starved) {
            starved = false;
            queue.kick().signal();
        }
    }
}

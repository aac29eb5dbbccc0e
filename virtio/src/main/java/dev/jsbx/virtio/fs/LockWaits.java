package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EAGAIN;
import static dev.jsbx.vmm.linux.Errno.EDEADLK;
import static dev.jsbx.vmm.linux.Errno.EINTR;
import static dev.jsbx.vmm.linux.Errno.ENOLCK;

import dev.jsbx.virtio.device.Timer;
import dev.jsbx.virtio.device.Worker;
import dev.jsbx.virtio.fuse.In;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Requests that wait for a lock, first come first served, with one thread for all: it tries again
 * when the guest gives any lock back, and every few milliseconds while a lock of the host's stands
 * in the way, since Linux can tell a waiter of that only by blocking its thread. Any thread may use
 * it.
 */
final class LockWaits implements AutoCloseable {
    private static final int MOST = 256;
    private static final long HOST_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private record Waiting(Exchange exchange, LockRequest request, int thread) {}

    private final FileSystem files;
    private final SleeperWatch watch; // or null
    private final Map<Long, Waiting> waiting = new LinkedHashMap<>();

    /** Interrupted before they were here, on another queue's thread; or already answered. */
    private final LinkedHashSet<Long> early = new LinkedHashSet<>();

    private Worker worker;
    private Timer nextLook;
    private boolean closed;

    /**
     * @param sleepers who can tell of signals, or null
     */
    LockWaits(FileSystem files, Sleepers sleepers) {
        this.files = files;
        watch = sleepers == null ? null : new SleeperWatch(sleepers, this);
    }

    /**
     * Has a request wait that cannot be granted now; it is completed later, from any thread.
     *
     * @return 0, or {@code -errno} if it must not wait, and then it is the caller's to complete
     */
    synchronized int park(Exchange exchange, LockRequest request) {
        if (early.remove(exchange.unique())) {
            return -EINTR;
        }
        if (closed || waiting.size() >= MOST) {
            return -ENOLCK;
        }
        if (wouldDeadlock(request)) {
            return -EDEADLK;
        }
        int thread = exchange.u32(In.Header.PID);
        waiting.put(exchange.unique(), new Waiting(exchange, request, thread));
        if (worker == null) {
            worker = new Worker("virtio-fs-locks", fault -> cancelAll());
            nextLook = worker.timer(this::tryAll);
            worker.post(files::assumeOwner);
            worker.start();
        }
        // What stood in the way may have gone meanwhile.
        worker.post(this::tryAll);
        if (watch != null) {
            watch.begin();
        }
        return 0;
    }

    /** The guest's threads that wait. */
    synchronized Set<Integer> threads() {
        return waiting.values().stream().map(Waiting::thread).collect(Collectors.toSet());
    }

    /** A thread of the guest no longer wants to wait. */
    synchronized void interruptThread(int thread) {
        for (Waiting each : List.copyOf(waiting.values())) {
            if (each.thread() == thread) {
                interrupt(each.exchange().unique());
            }
        }
    }

    /** Whether whoever stands in the way waits, perhaps by way of others, for this owner. */
    private boolean wouldDeadlock(LockRequest request) {
        Long holder = files.conflictingOwner(request);
        for (int steps = 0; holder != null && steps <= waiting.size(); steps++) {
            if (holder == request.owner()) {
                return true;
            }
            LockRequest wished = wishOf(holder);
            holder = wished == null ? null : files.conflictingOwner(wished);
        }
        return false;
    }

    private LockRequest wishOf(long owner) {
        for (Waiting each : waiting.values()) {
            if (each.request().owner() == owner && !each.request().wholeFile()) {
                return each.request();
            }
        }
        return null;
    }

    /** A lock was given back in the guest. */
    synchronized void retry() {
        if (!waiting.isEmpty()) {
            worker.post(this::tryAll);
        }
    }

    /** The guest no longer wants to wait. */
    synchronized void interrupt(long unique) {
        Waiting interrupted = waiting.remove(unique);
        if (interrupted != null) {
            complete(interrupted, -EINTR);
        } else {
            early.add(unique);
            if (early.size() > MOST) {
                early.removeFirst();
            }
        }
    }

    private synchronized void tryAll() {
        boolean hostHolds = false;
        Iterator<Waiting> each = waiting.values().iterator();
        while (each.hasNext()) {
            Waiting candidate = each.next();
            int result = files.setlk(candidate.request());
            if (result == -EAGAIN) {
                hostHolds |= files.conflictingOwner(candidate.request()) == null;
            } else {
                each.remove();
                complete(candidate, result);
            }
        }
        if (hostHolds) {
            nextLook.set(System.nanoTime() + HOST_INTERVAL_NANOS);
        }
    }

    private static void complete(Waiting done, int result) {
        done.exchange().complete(done.exchange().fail(result));
    }

    private synchronized void cancelAll() {
        waiting.values().forEach(each -> complete(each, -ENOLCK));
        waiting.clear();
    }

    /** Ends all waits with ENOLCK: the device stops, and no request may stay with it. */
    @Override
    public void close() {
        Worker ended;
        synchronized (this) {
            closed = true;
            cancelAll();
            ended = worker;
        }
        if (watch != null) {
            watch.close();
        }
        if (ended != null) {
            ended.close();
        }
    }
}

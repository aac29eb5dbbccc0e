package dev.jsbx.virtio.fs;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Asks for {@link Sleepers} now and then, as long as requests wait, on a thread of its own, since
 * the guest may take its time to answer.
 */
final class SleeperWatch implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 200;

    private final Sleepers sleepers;
    private final LockWaits waits;

    // Guarded by the lock of the waits, so that none begins unseen while this one stops looking.
    private Thread thread;
    private boolean closed;

    SleeperWatch(Sleepers sleepers, LockWaits waits) {
        this.sleepers = sleepers;
        this.waits = waits;
    }

    /** A request has begun to wait. */
    void begin() {
        synchronized (waits) {
            if (thread == null && !closed) {
                thread = Thread.ofVirtual().name("virtio-fs-sleepers").start(this::watch);
            }
        }
    }

    private void watch() {
        while (goOn()) {
            try {
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
                Set<Integer> threads = waits.threads();
                if (!threads.isEmpty()) {
                    sleepers.interrupted(threads).forEach(waits::interruptThread);
                }
            } catch (InterruptedException e) {
                return;
            } catch (IOException e) {
                // A guest that does not answer is asked again; its threads wait for their locks.
            }
        }
    }

    private boolean goOn() {
        synchronized (waits) {
            if (closed || waits.threads().isEmpty()) {
                thread = null;
                return false;
            }
            return true;
        }
    }

    @Override
    public void close() {
        synchronized (waits) {
            closed = true;
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}

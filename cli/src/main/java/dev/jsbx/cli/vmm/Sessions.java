package dev.jsbx.cli.vmm;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Who uses a guest, and so how long it goes on: as long as anybody does, then for the idle time,
 * unless it is to be kept. Any thread may call.
 */
final class Sessions {
    private final Duration idle;
    private final List<Held> held = new ArrayList<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private boolean kept;
    private long generation;

    /**
     * @param idle how long nobody may use it; negative for as long as it is not stopped
     */
    Sessions(Duration idle) {
        this.idle = idle;
    }

    /** One that uses the guest, until closed. */
    final class Held implements AutoCloseable {
        private final String what;
        private final long pid;
        private final Instant since = Instant.now();

        private Held(String what, long pid) {
            this.what = what;
            this.pid = pid;
        }

        String what() {
            return what;
        }

        Instant since() {
            return since;
        }

        @Override
        public void close() {
            synchronized (Sessions.this) {
                held.remove(this);
                waitIfIdle();
            }
        }
    }

    /**
     * Begins a use.
     *
     * @param what the user's command, for people
     * @param pid of the host's process that it is for
     * @return null if the guest is about to be stopped
     */
    synchronized Held hold(String what, long pid) {
        if (over.isDone()) {
            return null;
        }
        Held one = new Held(what, pid);
        held.add(one);
        generation++;
        return one;
    }

    /**
     * The same for a command that this process itself looks after.
     *
     * @throws IOException if the guest is about to be stopped
     */
    Held holdForCommand(String what) throws IOException {
        Held one = hold(what, ProcessHandle.current().pid());
        if (one == null) {
            throw new IOException("the sandbox is being stopped");
        }
        return one;
    }

    /** Lets the guest go on without anybody, until {@link #end}. */
    synchronized void keep() {
        kept = true;
        generation++;
    }

    /** Ends the guest whoever uses it. */
    void end() {
        over.complete(null);
    }

    /**
     * Ends the guest at once if nobody but one process uses it, and it is not kept.
     *
     * @return whether it ends
     */
    synchronized boolean endUnlessUsedByOthers(long pid) {
        if (kept || held.stream().anyMatch(one -> one.pid != pid)) {
            return false;
        }
        end();
        return true;
    }

    private void waitIfIdle() {
        if (!held.isEmpty() || kept || idle.isNegative()) {
            return;
        }
        long now = ++generation;
        CompletableFuture.delayedExecutor(idle.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> endIfStill(now));
    }

    private synchronized void endIfStill(long then) {
        if (generation == then) {
            end();
        }
    }

    /** Completes when the guest is to end. */
    CompletableFuture<Void> over() {
        return over;
    }

    synchronized List<Held> list() {
        return List.copyOf(held);
    }

    synchronized boolean isKept() {
        return kept;
    }
}

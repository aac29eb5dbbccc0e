package dev.jsbx.virtio.device;

import dev.jsbx.vmm.linux.Epoll;
import dev.jsbx.vmm.linux.EventFd;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * A device's thread: waits for kicks, sockets and timers, and runs their handlers one after the
 * other. A platform thread, because epoll and file I/O block in the kernel.
 *
 * <p>{@link #post} and {@link #run} may be called from any thread; everything else belongs to the
 * worker's thread, or before {@link #start} to whoever sets it up. A handler that throws is told to
 * {@code onFailure}, and the loop goes on.
 */
public final class Worker implements AutoCloseable {
    private static final int EVENTS_AT_ONCE = 64;
    private static final long WAKE = -1;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Thread thread;
    private final Consumer<Throwable> onFailure;
    private final Epoll epoll = new Epoll(EVENTS_AT_ONCE);
    private final EventFd wake = EventFd.create();
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<Timer> timers = new ArrayList<>();
    private final WatchTable watches = new WatchTable();
    private volatile boolean stopping;

    /**
     * @param name of the thread
     * @param onFailure told what a handler threw, on the worker's thread
     */
    public Worker(String name, Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::loop);
        epoll.add(wake.fd().number(), Epoll.EPOLLIN, WAKE);
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
    }

    /**
     * Starts to watch a descriptor.
     *
     * @param events of {@link Epoll}; 0 for errors and hang-ups only
     */
    public Watch watch(int fd, int events, Watch.Handler handler) {
        Watch watch = new Watch(epoll, watches, fd, events, handler);
        try {
            epoll.add(fd, events, watches.add(watch));
        } catch (RuntimeException e) {
            watches.remove(watch);
            throw e;
        }
        return watch;
    }

    /**
     * Has {@code process} run whenever the driver kicks the queue, and once now, since chains may
     * wait already.
     */
    public Watch serve(DeviceQueue queue, Runnable process) {
        EventFd kick = queue.kick();
        kick.signal();
        return watch(
                kick.fd().number(),
                Epoll.EPOLLIN,
                events -> {
                    kick.drain();
                    process.run();
                });
    }

    /** A timer that is not set yet, and lives as long as the worker. */
    public Timer timer(Runnable onExpiry) {
        Timer timer = new Timer(onExpiry);
        timers.add(timer);
        return timer;
    }

    /** Has a task run on the worker's thread soon; tasks keep their order. */
    public void post(Runnable task) {
        tasks.add(task);
        wake.signal();
    }

    /**
     * Runs a task on the worker's thread and waits until it is done. The caller sees to it that no
     * other thread closes the worker meanwhile.
     *
     * @throws RuntimeException what the task threw
     * @throws IllegalStateException if the worker has ended
     */
    public void run(Runnable task) {
        if (Thread.currentThread() == thread || thread.getState() == Thread.State.NEW) {
            task.run();
            return;
        }
        if (stopping) {
            throw new IllegalStateException(thread.getName() + " has ended");
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        post(
                () -> {
                    try {
                        task.run();
                        done.complete(null);
                    } catch (Throwable t) {
                        done.completeExceptionally(t);
                    }
                });
        await(done);
    }

    private static void await(CompletableFuture<Void> done) {
        try {
            done.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Ends the loop after the handler that runs now, waits for the thread, frees the epoll. */
    @Override
    public void close() {
        if (stopping) {
            return;
        }
        stopping = true;
        wake.signal();
        if (Thread.currentThread() != thread) {
            join();
        }
        epoll.close();
        wake.close();
    }

    private void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        while (!stopping) {
            int ready = epoll.await(millisToNextTimer());
            for (int i = 0; i < ready && !stopping; i++) {
                dispatch(epoll.token(i), epoll.events(i));
            }
            expireTimers();
        }
    }

    private void dispatch(long token, int events) {
        if (token == WAKE) {
            wake.drain();
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                guarded(task);
            }
            return;
        }
        Watch watch = watches.find(token);
        if (watch != null) {
            try {
                watch.handler().ready(events);
            } catch (RuntimeException | Error e) {
                onFailure.accept(e);
            }
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            onFailure.accept(e);
        }
    }

    private int millisToNextTimer() {
        long now = 0;
        long nearest = Long.MAX_VALUE;
        for (int i = 0; i < timers.size(); i++) {
            Timer timer = timers.get(i);
            if (timer.isSet()) {
                now = now == 0 ? System.nanoTime() : now;
                nearest = Math.min(nearest, Math.max(0, timer.deadline() - now));
            }
        }
        if (nearest == Long.MAX_VALUE) {
            return -1;
        }
        // Rounded up: a millisecond too late is on time, too early would spin.
        return (int) Math.min(Integer.MAX_VALUE, (nearest + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
    }

    private void expireTimers() {
        for (int i = 0; i < timers.size(); i++) {
            Timer timer = timers.get(i);
            if (timer.isSet() && timer.deadline() - System.nanoTime() <= 0) {
                timer.cancel();
                guarded(timer.onExpiry());
            }
        }
    }
}

package dev.jsbx.virtio.fs;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Threads that help the queues' own when much waits, so that slow disks are asked for several
 * things at once. They come when needed and go after some idle seconds.
 */
final class HelperPool implements AutoCloseable {
    private static final int MOST = 8;
    private static final int IDLE_SECONDS = 10;
    private static final int CLOSE_SECONDS = 600;

    private final AtomicInteger free = new AtomicInteger(MOST);
    private final ThreadPoolExecutor threads;
    private final Consumer<Throwable> onFailure;

    /**
     * @param files whose owner the threads act as
     * @param onFailure told what serving a request threw
     */
    HelperPool(FileSystem files, Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        AtomicInteger number = new AtomicInteger();
        threads =
                new ThreadPoolExecutor(
                        0,
                        Integer.MAX_VALUE, // those that are free bound it
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        task ->
                                Thread.ofPlatform()
                                        .name("virtio-fs-helper-" + number.incrementAndGet())
                                        .daemon()
                                        .unstarted(
                                                () -> {
                                                    files.assumeOwner();
                                                    task.run();
                                                }));
    }

    /**
     * Has a request served by another thread.
     *
     * @return false if all are busy
     */
    boolean help(Exchange exchange, RequestQueue queue) {
        if (free.getAndDecrement() <= 0) {
            free.incrementAndGet();
            return false;
        }
        threads.execute(
                () -> {
                    try {
                        queue.finish(exchange);
                    } catch (RuntimeException | Error e) {
                        onFailure.accept(e);
                    } finally {
                        free.incrementAndGet();
                    }
                });
        return true;
    }

    /** Waits for what is under way; nothing may be added meanwhile. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a request does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.jsbx.bench;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * JMH's threads as Netty's event loops have them: only those have caches of buffers of their own.
 * Chosen by {@link #EXECUTOR} and {@link #CLASS} among a fork's JVM arguments.
 */
public final class EventLoopThreads extends ThreadPoolExecutor {
    /** Tells JMH to use an executor of ours. */
    public static final String EXECUTOR = "-Djmh.executor=CUSTOM";

    /** Tells it which. */
    public static final String CLASS = "-Djmh.executor.class=dev.jsbx.bench.EventLoopThreads";

    /** The constructor that JMH looks for. */
    public EventLoopThreads(int threads, String prefix) {
        super(
                threads,
                threads,
                1,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory(prefix));
    }
}

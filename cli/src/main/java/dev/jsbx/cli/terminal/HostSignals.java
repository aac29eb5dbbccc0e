package dev.jsbx.cli.terminal;

import dev.jsbx.vmm.linux.Exit;
import dev.jsbx.vmm.linux.SignalFd;
import dev.jsbx.vmm.linux.Signals;
import java.util.function.IntConsumer;

/**
 * The signals that reach this process, handed to a consumer one by one. {@code ./jsbx} starts the
 * JVM with them blocked ({@code env --block-signal}) and with {@code -Xrs}: so none is lost before
 * the consumer is there, and SIGQUIT, which HotSpot would keep for thread dumps, comes too.
 *
 * <p>In a JVM started otherwise they keep their usual meaning, and nothing is handed on.
 */
public final class HostSignals implements AutoCloseable {
    public static final int SIGHUP = 1;
    public static final int SIGINT = 2;
    public static final int SIGQUIT = 3;
    public static final int SIGUSR1 = 10;
    public static final int SIGUSR2 = 12;
    public static final int SIGTERM = 15;
    public static final int SIGCONT = 18;
    public static final int SIGWINCH = 28;

    private static final int SIGNALED = 128; // and a signal's number, as shells report it

    private static final int[] FORWARDED = {
        SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTERM, SIGCONT, SIGWINCH
    };

    private volatile IntConsumer consumer;

    private HostSignals(IntConsumer consumer) {
        this.consumer = consumer;
    }

    /**
     * Starts to hand signals on, from a thread of its own. It may still be on its way when this
     * returns: a signal waits for it.
     *
     * @param consumer called with a signal's number, one call at a time
     */
    public static HostSignals handTo(IntConsumer consumer) {
        HostSignals host = new HostSignals(consumer);
        Thread.ofPlatform().name("signals").daemon().start(host::loop);
        return host;
    }

    /**
     * Until they are handed on, those that end processes end this one, as they would without this.
     */
    public static HostSignals endingThisProcess() {
        return handTo(
                signal -> {
                    if (signal != SIGWINCH && signal != SIGCONT) {
                        Exit.now(SIGNALED + signal);
                    }
                });
    }

    /** From now on signals go to another consumer. */
    public void handOnTo(IntConsumer next) {
        consumer = next;
    }

    private void loop() {
        long blocked = Signals.blocked(); // a thread begins with the mask of who starts it
        long wanted = 0;
        for (int signal : FORWARDED) {
            wanted |= Signals.bit(signal) & blocked;
        }
        if (wanted == 0) {
            return;
        }
        SignalFd signals = new SignalFd(wanted);
        while (true) {
            int signal = signals.take();
            consumer.accept(signal); // whose signals are handed to by now, not when the wait began
        }
    }

    @Override
    public void close() {
        consumer = signal -> {};
    }
}

package dev.jsbx.netstack.host;

import dev.jsbx.netstack.ip.IpInput;
import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.link.Frame;
import dev.jsbx.netstack.link.FrameHandler;
import dev.jsbx.netstack.link.Link;
import dev.jsbx.netstack.tcp.TcpStack;
import dev.jsbx.netstack.time.Clock;
import dev.jsbx.netstack.time.Timer;
import dev.jsbx.netstack.time.TimerQueue;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Turns the stack on a Netty event loop: the link's descriptor is registered with the loop's epoll,
 * timers become scheduled tasks, and what handlers on the loop have written is sent once per turn.
 */
public final class LinkDriver implements EpollIoHandle {
    /** Frames between two settlements: enough to share the cost. */
    private static final int BATCH = 16;

    /** As many of 64 KiB stay in a core's cache until they are written on. */
    private static final int LARGE_BATCH = 4;

    /** From this size on, in bytes, frames are large. */
    private static final int LARGE = 16384;

    /** Batches before the loop's other descriptors have their turn. */
    private static final int ROUNDS = 4;

    private final Link link;
    private final IpInput input;
    private final IpOutput output;
    private final Clock clock;
    private final TimerQueue timers;
    private final IoEventLoop loop;
    private final FrameHandler counted = this::count;
    private final Runnable turn = this::turn;
    private final Runnable timer = this::timer;
    private TcpStack tcp;
    private IoRegistration registration;
    private long bytes;
    private int batch = BATCH;
    private boolean inBatch;
    private boolean turnQueued;
    private long timerAt = Timer.NEVER;

    /** The task for {@link #timerAt}; null if there is none. */
    private Future<?> due;

    private boolean closed;

    /** A driver for the event loop's thread only. */
    public LinkDriver(
            Link link,
            IpInput input,
            IpOutput output,
            Clock clock,
            TimerQueue timers,
            IoEventLoop loop) {
        this.link = link;
        this.input = input;
        this.output = output;
        this.clock = clock;
        this.timers = timers;
        this.loop = loop;
    }

    /** Starts to take frames; any thread may call. */
    public void start(TcpStack stack) {
        tcp = stack;
        if (link.readinessFd() < 0) {
            return;
        }
        loop.register(this)
                .addListener(
                        registered -> {
                            if (registered.isSuccess()) {
                                registration = (IoRegistration) registered.getNow();
                                registration.submit(EpollIoOps.EPOLLIN);
                            }
                        });
    }

    /**
     * Something waits to be settled: does so at the end of this turn of the loop, when all that is
     * ready has been looked at, so that the guest is interrupted once for all of it.
     */
    public void wake() {
        if (!inBatch && !turnQueued) {
            turnQueued = true;
            if (loop instanceof SingleThreadEventLoop single) {
                single.executeAfterEventLoopIteration(turn);
            } else {
                loop.execute(turn);
            }
        }
    }

    private void turn() {
        turnQueued = false;
        settle();
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        poll();
    }

    /**
     * Takes waiting frames. For links without a descriptor, called by whoever has put them there.
     */
    public void poll() {
        if (closed) {
            return;
        }
        output.unblock();
        for (int round = 0; round < ROUNDS; round++) {
            inBatch = true;
            bytes = 0;
            int budget = batch;
            int n = link.receive(counted, budget);
            if (n < budget) {
                break;
            }
            settle();
            batch = bytes / n >= LARGE ? LARGE_BATCH : BATCH;
        }
        inBatch = false;
        wake();
    }

    private void count(Frame frame) {
        bytes += frame.length();
        input.frame(frame);
    }

    private void settle() {
        if (closed) {
            return;
        }
        inBatch = true;
        tcp.settle();
        if (timers.next() <= clock.micros()) {
            timers.run(clock.micros());
            tcp.settle();
        }
        inBatch = false;
        output.flush();
        schedule();
    }

    private void timer() {
        timerAt = Timer.NEVER;
        due = null;
        if (link.deadline() <= clock.micros()) {
            poll();
        } else {
            settle();
        }
    }

    private void schedule() {
        long next = Math.min(timers.next(), link.deadline());
        if (next < timerAt) {
            if (due != null) {
                due.cancel(false);
            }
            timerAt = next;
            long delay = Math.max(next - clock.micros(), 0);
            due = loop.schedule(timer, delay, TimeUnit.MICROSECONDS);
        }
    }

    @Override
    public FileDescriptor fd() {
        return new FileDescriptor(link.readinessFd());
    }

    /** Stops taking frames. The link is closed by its owner. */
    @Override
    public void close() {
        closed = true;
        if (due != null) {
            due.cancel(false);
        }
        if (registration != null) {
            registration.cancel();
        }
    }
}

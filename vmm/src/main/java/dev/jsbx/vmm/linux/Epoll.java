package dev.jsbx.vmm.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Waits for many descriptors at once ({@code epoll(7)}). One thread waits; any thread may add,
 * change and remove. {@link #await} allocates nothing.
 */
public final class Epoll implements AutoCloseable {
    public static final int EPOLLIN = 1;
    public static final int EPOLLOUT = 4;
    public static final int EPOLLERR = 8;
    public static final int EPOLLHUP = 0x10;
    public static final int EPOLLRDHUP = 0x2000;
    public static final int EPOLLET = 1 << 31;

    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLL_CTL_MOD = 3;

    // struct epoll_event is packed on x86-64: u32 events, u64 data.
    private static final int EVENTS = 0;
    private static final int DATA = 4;
    private static final int SIZE = 12;
    private static final ValueLayout.OfLong DATA_LAYOUT = ValueLayout.JAVA_LONG_UNALIGNED;

    private final Fd fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment ready;
    private final int capacity;

    /**
     * @param capacity how many events one {@link #await} reports at most, 1 or more
     */
    public Epoll(int capacity) {
        this.capacity = capacity;
        long n = Syscall.call(Syscall.EPOLL_CREATE1, EPOLL_CLOEXEC);
        fd = Fd.owning((int) Syscall.check(n, "epoll_create1"));
        ready = arena.allocate((long) capacity * SIZE, Integer.BYTES);
    }

    /**
     * Starts to watch a descriptor.
     *
     * @param events EPOLLIN and the like
     * @param token comes back with each of its events
     */
    public void add(int watched, int events, long token) {
        control(EPOLL_CTL_ADD, watched, events, token);
    }

    /** Changes what a watched descriptor is watched for. */
    public void modify(int watched, int events, long token) {
        control(EPOLL_CTL_MOD, watched, events, token);
    }

    /** Stops watching; a descriptor that is not watched, or closed, is no error. */
    public void remove(int watched) {
        Syscall.call(Syscall.EPOLL_CTL, fd.number(), EPOLL_CTL_DEL, watched, 0);
    }

    private void control(int operation, int watched, int events, long token) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment event = call.allocate(SIZE, Integer.BYTES);
            event.set(ValueLayout.JAVA_INT, EVENTS, events);
            event.set(DATA_LAYOUT, DATA, token);
            long result =
                    Syscall.call(
                            Syscall.EPOLL_CTL, fd.number(), operation, watched, event.address());
            Syscall.check(
                    result, "epoll_ctl(op %d, fd %d, events %#x)", operation, watched, events);
        }
    }

    /**
     * Waits until a watched descriptor is ready.
     *
     * @param timeoutMillis 0 returns at once, -1 waits for ever
     * @return how many events {@link #token} and {@link #events} now tell of; 0 after the time is
     *     over or a signal came
     */
    public int await(int timeoutMillis) {
        long n =
                Syscall.call(
                        Syscall.EPOLL_WAIT, fd.number(), ready.address(), capacity, timeoutMillis);
        return n == -Errno.EINTR ? 0 : (int) Syscall.check(n, "epoll_wait(%s)", fd);
    }

    /** The token of event {@code i} of the last {@link #await}. */
    public long token(int i) {
        return ready.get(DATA_LAYOUT, (long) i * SIZE + DATA);
    }

    /** The EPOLLIN and other bits of event {@code i} of the last {@link #await}. */
    public int events(int i) {
        return ready.get(ValueLayout.JAVA_INT, (long) i * SIZE + EVENTS);
    }

    /** The epoll's own descriptor, which can be watched in turn. */
    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}

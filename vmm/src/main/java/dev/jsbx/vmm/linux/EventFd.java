package dev.jsbx.vmm.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A counter that threads, KVM and other processes signal and wait for ({@code eventfd(2)}). Non
 * blocking: waiting is {@link Epoll}'s job. Any thread may signal and drain; neither allocates.
 */
public final class EventFd implements AutoCloseable {
    private static final int EFD_NONBLOCK = 0x800;
    private static final int EFD_CLOEXEC = 0x80000;

    // Written once and only read afterwards, so all threads share it.
    private static final MemorySegment ONE = Arena.global().allocateFrom(ValueLayout.JAVA_LONG, 1);
    private static final ThreadLocal<MemorySegment> COUNT =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ValueLayout.JAVA_LONG));

    private final Fd fd;

    private EventFd(Fd fd) {
        this.fd = fd;
    }

    /** A new counter at 0. */
    public static EventFd create() {
        long n = Syscall.call(Syscall.EVENTFD2, 0, EFD_NONBLOCK | EFD_CLOEXEC);
        return new EventFd(Fd.owning((int) Syscall.check(n, "eventfd2(0)")));
    }

    /** Wraps a descriptor that another process made and passed on; this object owns it. */
    public static EventFd owning(Fd fd) {
        return new EventFd(fd);
    }

    public Fd fd() {
        return fd;
    }

    /** Adds one; wakes whoever waits. A counter that is full already has its wake-up under way. */
    public void signal() {
        Syscall.call(Syscall.WRITE, fd.number(), ONE.address(), Long.BYTES);
    }

    /**
     * Sets the counter to 0.
     *
     * @return what it held; 0 if nothing had been signalled
     */
    public long drain() {
        MemorySegment count = COUNT.get();
        long n = Syscall.call(Syscall.READ, fd.number(), count.address(), Long.BYTES);
        return n == Long.BYTES ? count.get(ValueLayout.JAVA_LONG, 0) : 0;
    }

    @Override
    public void close() {
        fd.close();
    }
}

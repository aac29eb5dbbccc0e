package dev.jsbx.vmm.linux;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * An owned file descriptor: closed once, by whoever holds the {@code Fd}. May be closed from any
 * thread; the owner sees to it that no other thread still uses the number.
 */
public final class Fd implements AutoCloseable {
    private final AtomicInteger number;

    private Fd(int number) {
        this.number = new AtomicInteger(number);
    }

    /** Takes ownership of a descriptor that a system call has just returned. */
    public static Fd owning(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a descriptor: " + number);
        }
        return new Fd(number);
    }

    /**
     * The descriptor's number.
     *
     * @throws IllegalStateException after {@link #close}
     */
    public int number() {
        int n = number.get();
        if (n < 0) {
            throw new IllegalStateException("descriptor is closed");
        }
        return n;
    }

    /** A second descriptor for the same open file, close-on-exec. */
    public Fd duplicate() {
        int n = number();
        return owning((int) Syscall.check(Files.dupFd(n), "fcntl(%d, F_DUPFD_CLOEXEC)", n));
    }

    @Override
    public void close() {
        int n = number.getAndSet(-1);
        if (n >= 0) {
            // close(2) releases the descriptor even where it reports an error.
            Syscall.call(Syscall.CLOSE, n);
        }
    }

    @Override
    public String toString() {
        return "fd " + number.get();
    }
}

package dev.jsbx.vmm.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Signals of this process as something to read ({@code signalfd(2)}). They must be blocked on every
 * thread, so from before the JVM started: {@code env --block-signal} does that.
 */
public final class SignalFd implements AutoCloseable {
    private static final int SFD_CLOEXEC = 0x80000;
    private static final int MASK_SIZE = 8;
    private static final int SIGNALFD_SIGINFO_SIZE = 128; // ssi_signo is its first u32

    private final Fd fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment info = arena.allocate(SIGNALFD_SIGINFO_SIZE, Long.BYTES);

    /**
     * @param mask of the signals wanted, made of {@link Signals#bit}
     */
    public SignalFd(long mask) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment set = call.allocateFrom(ValueLayout.JAVA_LONG, mask);
            long n = Syscall.call(Syscall.SIGNALFD4, -1, set.address(), MASK_SIZE, SFD_CLOEXEC);
            fd = Fd.owning((int) Syscall.check(n, "signalfd4(-1, %#x)", mask));
        }
    }

    /** Waits for the next signal; one thread at a time, a platform thread. */
    public int take() {
        while (true) {
            long n = Io.read(fd.number(), info);
            if (n == SIGNALFD_SIGINFO_SIZE) {
                return info.get(ValueLayout.JAVA_INT, 0);
            }
            if (n != -Errno.EINTR) {
                Syscall.check(n < 0 ? n : -Errno.EIO, "read(signalfd)");
            }
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}

package dev.jsbx.vmm.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Signals between threads of this process and to others, without a handler: HotSpot's handlers stay
 * as they are. A thread blocks a real-time signal, is sent it by {@link #toThread}, and takes it by
 * {@link #consume}.
 */
public final class Signals {
    public static final int SIGHUP = 1;
    public static final int SIGINT = 2;
    public static final int SIGQUIT = 3;
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;
    public static final int SIGRTMIN = 34; // glibc keeps 32 and 33 for itself
    public static final int SIGRTMAX = 64;

    private static final int SIG_BLOCK = 0;
    private static final int SIG_SETMASK = 2;
    private static final int MASK_SIZE = 8;

    // Zero seconds and nanoseconds: rt_sigtimedwait only looks.
    private static final MemorySegment NO_WAIT =
            Arena.global().allocate(16, ValueLayout.JAVA_LONG.byteAlignment());

    private Signals() {}

    /** The bit of a signal in a kernel signal mask. */
    public static long bit(int signal) {
        return 1L << (signal - 1);
    }

    /** Blocks a signal on the calling thread, which must be a platform thread. */
    public static void block(int signal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocateFrom(ValueLayout.JAVA_LONG, bit(signal));
            long result =
                    Syscall.call(Syscall.RT_SIGPROCMASK, SIG_BLOCK, mask.address(), 0, MASK_SIZE);
            Syscall.check(result, "rt_sigprocmask(SIG_BLOCK, %d)", signal);
        }
    }

    /** Lets all signals through to the calling thread, which must be a platform thread. */
    public static void unblockAll() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment none = arena.allocate(ValueLayout.JAVA_LONG);
            long result =
                    Syscall.call(Syscall.RT_SIGPROCMASK, SIG_SETMASK, none.address(), 0, MASK_SIZE);
            Syscall.check(result, "rt_sigprocmask(SIG_SETMASK, 0)");
        }
    }

    /** The signals blocked on the calling thread, as a kernel mask. */
    public static long blocked() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(ValueLayout.JAVA_LONG);
            long result =
                    Syscall.call(Syscall.RT_SIGPROCMASK, SIG_BLOCK, 0, mask.address(), MASK_SIZE);
            Syscall.check(result, "rt_sigprocmask(query)");
            return mask.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /**
     * Takes one pending instance of a blocked signal off the calling thread.
     *
     * @return whether one was pending
     */
    public static boolean consume(int signal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocateFrom(ValueLayout.JAVA_LONG, bit(signal));
            long result =
                    Syscall.call(
                            Syscall.RT_SIGTIMEDWAIT,
                            mask.address(),
                            0,
                            NO_WAIT.address(),
                            MASK_SIZE);
            return result == signal;
        }
    }

    /** The kernel's number of the calling thread, for {@link #toThread}. */
    public static int threadId() {
        return (int) Syscall.call(Syscall.GETTID);
    }

    /** Sends a signal to a thread of this process; one that has ended is no error. */
    public static void toThread(int threadId, int signal) {
        long pid = Syscall.call(Syscall.GETPID);
        long result = Syscall.call(Syscall.TGKILL, pid, threadId, signal);
        if (result != -Errno.ESRCH) {
            Syscall.check(result, "tgkill(%d, %d, %d)", pid, threadId, signal);
        }
    }

    /**
     * Sends a signal to a process; 0 only asks whether it exists.
     *
     * @return 0 or {@code -errno}
     */
    public static long toProcess(long pid, int signal) {
        return Syscall.call(Syscall.KILL, pid, signal);
    }
}

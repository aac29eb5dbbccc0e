package dev.jsbx.vmm.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Locks on ranges of a file that belong to an open file, not to a process ({@code fcntl(2)}, open
 * file description locks), and {@code flock(2)} on whole files. Locks conflict with those of other
 * processes. No method waits. A view over {@code struct flock}; not thread-safe.
 */
public final class RecordLock {
    /** Bytes. */
    public static final int SIZE = 32;

    public static final int F_RDLCK = 0;
    public static final int F_WRLCK = 1;
    public static final int F_UNLCK = 2;

    private static final int F_OFD_GETLK = 36;
    private static final int F_OFD_SETLK = 37;
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int LOCK_UN = 8;

    private static final int TYPE = 0;
    private static final int WHENCE = 2;
    private static final int START = 8;
    private static final int LENGTH = 16;
    private static final int PID = 24;

    private final MemorySegment flock;

    /** Over {@link #SIZE} bytes, aligned to 8, of native memory of the caller's. */
    public RecordLock(MemorySegment memory) {
        flock = memory.asSlice(0, SIZE);
    }

    /** Says what is asked for. A length of 0 means to the end, however far that will be. */
    public void set(int type, long start, long length) {
        flock.set(ValueLayout.JAVA_SHORT, TYPE, (short) type);
        flock.set(ValueLayout.JAVA_SHORT, WHENCE, (short) FsCalls.SEEK_SET);
        flock.set(ValueLayout.JAVA_LONG, START, start);
        flock.set(ValueLayout.JAVA_LONG, LENGTH, length);
        flock.set(ValueLayout.JAVA_INT, PID, 0);
    }

    /**
     * Looks for a lock that stands in the way; afterwards this describes it, or has the type
     * F_UNLCK.
     *
     * @return 0 or {@code -errno}
     */
    public long find(int fd) {
        return Syscall.call(Syscall.FCNTL, fd, F_OFD_GETLK, flock.address());
    }

    /**
     * Takes, changes or gives back the lock.
     *
     * @return 0, {@code -EAGAIN} if another stands in the way, or another {@code -errno}
     */
    public long apply(int fd) {
        return Syscall.call(Syscall.FCNTL, fd, F_OFD_SETLK, flock.address());
    }

    public int type() {
        return flock.get(ValueLayout.JAVA_SHORT, TYPE);
    }

    public long start() {
        return flock.get(ValueLayout.JAVA_LONG, START);
    }

    /** 0 means to the end. */
    public long length() {
        return flock.get(ValueLayout.JAVA_LONG, LENGTH);
    }

    /**
     * {@code flock(2)} without waiting.
     *
     * @param type F_RDLCK for shared, F_WRLCK for exclusive, F_UNLCK to give it back
     * @return 0, {@code -EAGAIN} if another stands in the way, or another {@code -errno}
     */
    public static long flock(int fd, int type) {
        int operation =
                switch (type) {
                    case F_RDLCK -> LOCK_SH;
                    case F_WRLCK -> LOCK_EX;
                    default -> LOCK_UN;
                };
        return Syscall.call(Syscall.FLOCK, fd, operation | LOCK_NB);
    }
}

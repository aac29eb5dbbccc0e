package dev.jsbx.vmm.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * One system call: the number, up to six arguments, and the kernel's answer.
 *
 * <p>The numbers are those of x86-64 ({@code arch/x86/entry/syscalls/syscall_64.tbl}).
 */
final class Syscall {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int CLOSE = 3;
    static final int LSEEK = 8;
    static final int MMAP = 9;
    static final int MPROTECT = 10;
    static final int MUNMAP = 11;
    static final int RT_SIGPROCMASK = 14;
    static final int IOCTL = 16;
    static final int PREAD64 = 17;
    static final int PWRITE64 = 18;
    static final int READV = 19;
    static final int WRITEV = 20;
    static final int MADVISE = 28;
    static final int GETPID = 39;
    static final int SOCKET = 41;
    static final int CONNECT = 42;
    static final int SENDTO = 44;
    static final int RECVFROM = 45;
    static final int SENDMSG = 46;
    static final int RECVMSG = 47;
    static final int SHUTDOWN = 48;
    static final int BIND = 49;
    static final int LISTEN = 50;
    static final int GETSOCKNAME = 51;
    static final int SOCKETPAIR = 53;
    static final int SETSOCKOPT = 54;
    static final int GETSOCKOPT = 55;
    static final int KILL = 62;
    static final int FCNTL = 72;
    static final int FLOCK = 73;
    static final int FSYNC = 74;
    static final int FDATASYNC = 75;
    static final int FTRUNCATE = 77;
    static final int FCHMOD = 91;
    static final int FCHOWN = 93;
    static final int UMASK = 95;
    static final int GETUID = 102;
    static final int GETGID = 104;
    static final int GETEUID = 107;
    static final int GETEGID = 108;
    static final int GETPPID = 110;
    static final int SETSID = 112;
    static final int RT_SIGTIMEDWAIT = 128;
    static final int MLOCK = 149;
    static final int PRCTL = 157;
    static final int GETTID = 186;
    static final int READAHEAD = 187;
    static final int SETXATTR = 188;
    static final int GETXATTR = 191;
    static final int LISTXATTR = 194;
    static final int REMOVEXATTR = 197;
    static final int GETDENTS64 = 217;
    static final int FADVISE64 = 221;
    static final int TGKILL = 234;
    static final int OPENAT = 257;
    static final int MKDIRAT = 258;
    static final int MKNODAT = 259;
    static final int FCHOWNAT = 260;
    static final int UNLINKAT = 263;
    static final int LINKAT = 265;
    static final int SYMLINKAT = 266;
    static final int READLINKAT = 267;
    static final int FCHMODAT = 268;
    static final int UTIMENSAT = 280;
    static final int FALLOCATE = 285;
    static final int ACCEPT4 = 288;
    static final int SIGNALFD4 = 289;
    static final int EVENTFD2 = 290;
    static final int EPOLL_CREATE1 = 291;
    static final int EXIT_GROUP = 231;
    static final int EPOLL_CTL = 233;
    static final int EPOLL_WAIT = 232;
    static final int PREADV = 295;
    static final int PWRITEV = 296;
    static final int PRLIMIT64 = 302;
    static final int SYNCFS = 306;
    static final int RENAMEAT2 = 316;
    static final int GETRANDOM = 318;
    static final int MEMFD_CREATE = 319;
    static final int COPY_FILE_RANGE = 326;
    static final int PREADV2 = 327;
    static final int PWRITEV2 = 328;
    static final int STATX = 332;
    static final int PIDFD_SEND_SIGNAL = 424;
    static final int PIDFD_OPEN = 434;
    static final int OPENAT2 = 437;
    static final int TRUNCATE = 76;
    static final int SETFSUID = 122;
    static final int SETFSGID = 123;
    static final int SETGROUPS = 116;
    static final int FGETXATTR = 193;
    static final int UNSHARE = 272;
    static final int FACCESSAT2 = 439;
    static final int FCHMODAT2 = 452;
    static final int LANDLOCK_CREATE_RULESET = 444;
    static final int LANDLOCK_ADD_RULE = 445;
    static final int LANDLOCK_RESTRICT_SELF = 446;
    static final int FSTATFS = 138;

    /**
     * What libc's {@code syscall} is before it turns {@code -errno} into -1 and {@code errno}:
     * moves the arguments from where functions have them to where the kernel wants them (System V
     * ABI for AMD64 §3.2.3 and §A.2.1). Reading {@code errno} instead costs each call a
     * thread-local segment and, wherever the JIT compiler does not see through it, an object.
     */
    private static final byte[] CODE = {
        0x48,
        (byte) 0x89,
        (byte) 0xf8, // mov %rdi, %rax
        0x48,
        (byte) 0x89,
        (byte) 0xf7, // mov %rsi, %rdi
        0x48,
        (byte) 0x89,
        (byte) 0xd6, // mov %rdx, %rsi
        0x48,
        (byte) 0x89,
        (byte) 0xca, // mov %rcx, %rdx
        0x4d,
        (byte) 0x89,
        (byte) 0xc2, // mov %r8, %r10
        0x4d,
        (byte) 0x89,
        (byte) 0xc8, // mov %r9, %r8
        0x4c,
        (byte) 0x8b,
        0x4c,
        0x24,
        0x08, // mov 8(%rsp), %r9
        0x0f,
        0x05, // syscall
        (byte) 0xc3 // ret
    };

    private static final long PAGE = 4096;

    // Not critical(): these calls may block, and a critical call holds up every safepoint.
    @SuppressWarnings("restricted")
    private static final MethodHandle SHAPE =
            Linker.nativeLinker()
                    .downcallHandle(
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG));

    private static final MethodHandle SYSCALL = SHAPE.bindTo(code());

    private Syscall() {}

    /** Puts the code into a page of its own, which is never writable and executable at once. */
    private static MemorySegment code() {
        MethodHandle libc =
                SHAPE.bindTo(Linker.nativeLinker().defaultLookup().findOrThrow("syscall"));
        MemorySegment page = Arena.global().allocate(PAGE, PAGE);
        MemorySegment.copy(CODE, 0, page, ValueLayout.JAVA_BYTE, 0, CODE.length);
        long executable = Mapping.PROT_READ | Mapping.PROT_EXEC;
        long result;
        try {
            result =
                    (long)
                            libc.invokeExact(
                                    (long) MPROTECT, page.address(), PAGE, executable, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw new AssertionError("a downcall throws nothing", t);
        }
        if (result != 0) {
            throw new IllegalStateException("this process may not make memory executable");
        }
        return page;
    }

    /** The kernel's answer; a value from -4095 to -1 is {@code -errno}. */
    static long call(int number, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) SYSCALL.invokeExact((long) number, a, b, c, d, e, f);
        } catch (Throwable t) {
            throw new AssertionError("a downcall throws nothing", t);
        }
    }

    static long call(int number) {
        return call(number, 0, 0, 0, 0, 0, 0);
    }

    static long call(int number, long a) {
        return call(number, a, 0, 0, 0, 0, 0);
    }

    static long call(int number, long a, long b) {
        return call(number, a, b, 0, 0, 0, 0);
    }

    static long call(int number, long a, long b, long c) {
        return call(number, a, b, c, 0, 0, 0);
    }

    static long call(int number, long a, long b, long c, long d) {
        return call(number, a, b, c, d, 0, 0);
    }

    static long call(int number, long a, long b, long c, long d, long e) {
        return call(number, a, b, c, d, e, 0);
    }

    /**
     * Passes a good result on and turns {@code -errno} into an exception.
     *
     * @param call the call and its arguments, as a {@link String#format} pattern
     */
    static long check(long result, String call, Object... arguments) {
        if (result < 0) {
            throw new LinuxException((int) -result, String.format(call, arguments));
        }
        return result;
    }
}

package dev.jsbx.vmm.linux;

import java.lang.foreign.MemorySegment;

/** Device-specific requests ({@code ioctl(2)}) and their numbers ({@code asm-generic/ioctl.h}). */
public final class Ioctl {
    private static final int NONE = 0;
    private static final int WRITE = 1;
    private static final int READ = 2;

    private Ioctl() {}

    /** {@code _IO(type, number)}: a request without a structure. */
    public static long io(int type, int number) {
        return encode(NONE, type, number, 0);
    }

    /** {@code _IOR(type, number, size)}: the kernel fills in a structure of {@code size} bytes. */
    public static long ior(int type, int number, int size) {
        return encode(READ, type, number, size);
    }

    /** {@code _IOW(type, number, size)}: the kernel reads a structure of {@code size} bytes. */
    public static long iow(int type, int number, int size) {
        return encode(WRITE, type, number, size);
    }

    /** {@code _IOWR(type, number, size)}: the kernel reads and fills in the structure. */
    public static long iowr(int type, int number, int size) {
        return encode(READ | WRITE, type, number, size);
    }

    private static long encode(int direction, int type, int number, int size) {
        return (long) direction << 30 | (long) size << 16 | (long) type << 8 | number;
    }

    /**
     * Makes a request with a plain number as its argument. Allocates nothing.
     *
     * @return the kernel's answer, or {@code -errno}
     */
    public static long raw(int fd, long request, long argument) {
        return Syscall.call(Syscall.IOCTL, fd, request, argument);
    }

    /**
     * Makes a request with a plain number as its argument.
     *
     * @param name the request's name for the exception
     * @throws LinuxException if the kernel refuses
     */
    public static int call(Fd fd, long request, String name, long argument) {
        long result = Syscall.call(Syscall.IOCTL, fd.number(), request, argument);
        return (int) Syscall.check(result, "ioctl(%d, %s, %#x)", fd.number(), name, argument);
    }

    /**
     * Makes a request with a structure as its argument.
     *
     * @param structure native memory, as large as the request says
     * @throws LinuxException if the kernel refuses
     */
    public static int call(Fd fd, long request, String name, MemorySegment structure) {
        long result = Syscall.call(Syscall.IOCTL, fd.number(), request, structure.address());
        return (int) Syscall.check(result, "ioctl(%d, %s)", fd.number(), name);
    }
}

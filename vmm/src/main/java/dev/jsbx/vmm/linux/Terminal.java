package dev.jsbx.vmm.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A terminal's line discipline and size ({@code ioctl_tty(2)}). The settings travel as the kernel's
 * {@code struct termios} in bytes, so that what is put back is exactly what was there.
 */
public final class Terminal {
    private static final long TCGETS = 0x5401;
    private static final long TCSETSW = 0x5403;
    private static final long TIOCGWINSZ = 0x5413;

    // struct termios (asm-generic/termbits.h): four u32 of flags, a u8 line, 19 control characters.
    private static final int SIZE = 36;
    private static final int IFLAG = 0;
    private static final int OFLAG = 4;
    private static final int CFLAG = 8;
    private static final int LFLAG = 12;
    private static final int CC = 17;
    private static final int VTIME = CC + 5;
    private static final int VMIN = CC + 6;

    // IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON
    private static final int RAW_IFLAG = 0x1 | 0x2 | 0x8 | 0x20 | 0x40 | 0x80 | 0x100 | 0x400;
    private static final int OPOST = 0x1;
    private static final int CSIZE_PARENB = 0x30 | 0x100;
    private static final int CS8 = 0x30;
    private static final int ECHO = 0x8;
    private static final int ECHONL = 0x40;
    // ISIG ICANON ECHO ECHONL IEXTEN
    private static final int RAW_LFLAG = 0x1 | 0x2 | ECHO | ECHONL | 0x8000;

    /**
     * @param columns in characters, 0 where unknown
     * @param rows in characters, 0 where unknown
     */
    public record WindowSize(int columns, int rows) {}

    private Terminal() {}

    /** Whether the descriptor is a terminal. */
    public static boolean isTerminal(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            return Ioctl.raw(fd, TCGETS, arena.allocate(SIZE, Integer.BYTES).address()) == 0;
        }
    }

    /** The settings now in force, for {@link #restore}. */
    public static byte[] settings(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(SIZE, Integer.BYTES);
            Syscall.check(Ioctl.raw(fd, TCGETS, termios.address()), "ioctl(%d, TCGETS)", fd);
            return termios.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** Puts settings back, once what was written has been sent. */
    public static void restore(int fd, byte[] settings) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(SIZE, Integer.BYTES);
            termios.copyFrom(MemorySegment.ofArray(settings));
            set(fd, termios);
        }
    }

    /** Every byte as it is, at once, both ways: what {@code cfmakeraw(3)} does. */
    public static void makeRaw(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(SIZE, Integer.BYTES);
            termios.copyFrom(MemorySegment.ofArray(settings(fd)));
            clear(termios, IFLAG, RAW_IFLAG);
            clear(termios, OFLAG, OPOST);
            clear(termios, LFLAG, RAW_LFLAG);
            clear(termios, CFLAG, CSIZE_PARENB);
            int cflag = termios.get(ValueLayout.JAVA_INT, CFLAG);
            termios.set(ValueLayout.JAVA_INT, CFLAG, cflag | CS8);
            termios.set(ValueLayout.JAVA_BYTE, VMIN, (byte) 1);
            termios.set(ValueLayout.JAVA_BYTE, VTIME, (byte) 0);
            set(fd, termios);
        }
    }

    /** Shows nothing of what is typed but the line's end. */
    public static void hideTyping(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(SIZE, Integer.BYTES);
            termios.copyFrom(MemorySegment.ofArray(settings(fd)));
            clear(termios, LFLAG, ECHO);
            int lflag = termios.get(ValueLayout.JAVA_INT, LFLAG);
            termios.set(ValueLayout.JAVA_INT, LFLAG, lflag | ECHONL);
            set(fd, termios);
        }
    }

    /** The window's size; both figures are 0 where the descriptor is no terminal. */
    public static WindowSize size(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment winsize = arena.allocate(8, Short.BYTES);
            if (Ioctl.raw(fd, TIOCGWINSZ, winsize.address()) < 0) {
                return new WindowSize(0, 0);
            }
            int rows = Short.toUnsignedInt(winsize.get(ValueLayout.JAVA_SHORT, 0));
            int columns = Short.toUnsignedInt(winsize.get(ValueLayout.JAVA_SHORT, 2));
            return new WindowSize(columns, rows);
        }
    }

    private static void clear(MemorySegment termios, long offset, int bits) {
        int flags = termios.get(ValueLayout.JAVA_INT, offset);
        termios.set(ValueLayout.JAVA_INT, offset, flags & ~bits);
    }

    private static void set(int fd, MemorySegment termios) {
        Syscall.check(Ioctl.raw(fd, TCSETSW, termios.address()), "ioctl(%d, TCSETSW)", fd);
    }
}

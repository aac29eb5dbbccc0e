package dev.jsbx.vmm.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Walks over the {@code struct linux_dirent64} that {@code getdents64(2)} has put into a buffer.
 * Nothing is allocated. Not thread-safe.
 */
public final class Dirents {
    private static final int INO = 0;
    private static final int OFF = 8;
    private static final int RECLEN = 16;
    private static final int TYPE = 18;
    private static final int NAME = 19;

    private final MemorySegment buffer;
    private long at;
    private long end;

    /** Over native memory of the caller's, aligned to 8. */
    public Dirents(MemorySegment buffer) {
        this.buffer = buffer;
    }

    /**
     * Reads on in a directory.
     *
     * @param bytes how much of the buffer to use
     * @return bytes read; 0 at the end; {@code -errno}
     */
    public long read(int fd, long bytes) {
        long n = FsCalls.getdents64(fd, buffer.address(), Math.min(bytes, buffer.byteSize()));
        at = 0;
        end = Math.max(0, n);
        return n;
    }

    /** Whether the walk stands on an entry, about which the methods below tell. */
    public boolean hasEntry() {
        return at < end;
    }

    /** Goes on to the next entry. */
    public void next() {
        at += buffer.get(ValueLayout.JAVA_SHORT, at + RECLEN) & 0xffff;
    }

    public long ino() {
        return buffer.get(ValueLayout.JAVA_LONG, at + INO);
    }

    /** Where reading goes on after this entry ({@code d_off}). */
    public long offset() {
        return buffer.get(ValueLayout.JAVA_LONG, at + OFF);
    }

    /** DT_REG and the like; 0 if the file system does not say. */
    public int type() {
        return buffer.get(ValueLayout.JAVA_BYTE, at + TYPE);
    }

    /** The address of the name, which ends with NUL. */
    public long nameAddress() {
        return buffer.address() + at + NAME;
    }

    /** Where the name is in the buffer. */
    public long namePosition() {
        return at + NAME;
    }

    /** Bytes of the name, without its NUL. */
    public int nameLength() {
        long start = at + NAME;
        long stop = start;
        while (buffer.get(ValueLayout.JAVA_BYTE, stop) != 0) {
            stop++;
        }
        return (int) (stop - start);
    }
}

package dev.jsbx.vmm.linux;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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

    private static final int ALIGNMENT = 8; // of each entry, by bytes after its name

    private final MemorySegment buffer;
    private final ByteBuffer entries; // the same; a command that lists once never gets it compiled
    private int at;
    private int end;

    /** Over native memory of the caller's, aligned to 8, at most 2 GiB. */
    public Dirents(MemorySegment buffer) {
        this.buffer = buffer;
        entries = buffer.asByteBuffer().order(ByteOrder.nativeOrder());
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
        end = (int) Math.max(0, n);
        return n;
    }

    /** Whether the walk stands on an entry, about which the methods below tell. */
    public boolean hasEntry() {
        return at < end;
    }

    /** Goes on to the next entry. */
    public void next() {
        at += length();
    }

    private int length() {
        return entries.getShort(at + RECLEN) & 0xffff;
    }

    public long ino() {
        return entries.getLong(at + INO);
    }

    /** Where reading goes on after this entry ({@code d_off}). */
    public long offset() {
        return entries.getLong(at + OFF);
    }

    /** DT_REG and the like; 0 if the file system does not say. */
    public int type() {
        return entries.get(at + TYPE);
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
        int start = at + NAME;
        int stop = Math.max(start, at + length() - ALIGNMENT);
        while (entries.get(stop) != 0) {
            stop++;
        }
        return stop - start;
    }

    /** The name, without its NUL. */
    public byte[] name() {
        byte[] name = new byte[nameLength()];
        entries.get(at + NAME, name);
        return name;
    }
}

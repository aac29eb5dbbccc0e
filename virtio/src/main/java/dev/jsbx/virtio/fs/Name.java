package dev.jsbx.virtio.fs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A NUL-terminated string in native memory, such as a file's name in a request: bytes, of whatever
 * encoding. A view that is set anew for each request; nothing is copied. Not thread-safe.
 */
public final class Name {
    /** The longest name of a file in bytes. */
    public static final int NAME_MAX = 255;

    private MemorySegment bytes = MemorySegment.NULL;
    private long at;
    private int length;

    /**
     * Looks for a string.
     *
     * @param from where it begins
     * @param end where the memory that may hold it ends
     * @return where what follows the NUL begins, or -1 if there is no NUL
     */
    public long find(MemorySegment memory, long from, long end) {
        long stop = from;
        while (stop < end && memory.get(ValueLayout.JAVA_BYTE, stop) != 0) {
            stop++;
        }
        if (stop >= end) {
            return -1;
        }
        set(memory, from, (int) (stop - from));
        return stop + 1;
    }

    /** Points at a string whose length is known. */
    public void set(MemorySegment memory, long from, int bytesWithoutNul) {
        bytes = memory;
        at = from;
        length = bytesWithoutNul;
    }

    /**
     * Whether this names a file in a directory, and nothing else: 1 to 255 bytes, no slash, neither
     * {@code .} nor {@code ..}. A guest's kernel may send anything.
     */
    public boolean isComponent() {
        if (length == 0 || length > NAME_MAX) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (byteAt(i) == '/') {
                return false;
            }
        }
        return !isDots();
    }

    /** Whether this is {@code .} or {@code ..}. */
    boolean isDots() {
        return length <= 2 && length > 0 && byteAt(0) == '.' && byteAt(length - 1) == '.';
    }

    /** Whether it begins with these bytes. */
    public boolean startsWith(byte[] prefix) {
        if (length < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (byteAt(i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is these bytes. */
    public boolean is(byte[] other) {
        return length == other.length && startsWith(other);
    }

    public byte byteAt(int i) {
        return bytes.get(ValueLayout.JAVA_BYTE, at + i);
    }

    /** Bytes without the NUL. */
    public int length() {
        return length;
    }

    /** Where it is, for system calls. */
    public long address() {
        return bytes.address() + at;
    }

    /** Copies it, without the NUL. */
    void copyTo(MemorySegment memory, long to) {
        MemorySegment.copy(bytes, at, memory, to, length);
    }

    /** A copy for keeping. */
    public byte[] toBytes() {
        return bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
    }
}

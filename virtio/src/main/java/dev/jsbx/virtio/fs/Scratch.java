package dev.jsbx.virtio.fs;

import dev.jsbx.vmm.linux.Dirents;
import dev.jsbx.vmm.linux.OpenHow;
import dev.jsbx.vmm.linux.RecordLock;
import dev.jsbx.vmm.linux.Statx;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Native memory that one thread uses for its system calls, so that none is made per request. */
final class Scratch {
    private static final int DIRENTS = 32 << 10;
    private static final int PATH_MAX = 4096;
    private static final byte[] PROC_SELF_FD = "/proc/self/fd/".getBytes(StandardCharsets.US_ASCII);

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment name = arena.allocate(Name.NAME_MAX + 1L);
    private final MemorySegment path = arena.allocate(64);
    private final MemorySegment times = arena.allocate(32, Long.BYTES);
    private final MemorySegment offsets = arena.allocate(16, Long.BYTES);
    private final MemorySegment longPath = arena.allocate(PATH_MAX);
    private final MemorySegment secondPath = arena.allocate(PATH_MAX);
    private final MemorySegment dirents = arena.allocate(DIRENTS, Long.BYTES);
    private final Statx statx = new Statx(arena.allocate(Statx.SIZE, Long.BYTES));
    private final OpenHow how = new OpenHow(arena.allocate(OpenHow.SIZE, Long.BYTES));
    private final RecordLock lock = new RecordLock(arena.allocate(RecordLock.SIZE, Long.BYTES));
    private final Dirents entries = new Dirents(dirents);
    private final List<Inode> chain = new ArrayList<>();
    private final Name entryName = new Name();
    private final Entry entry = new Entry();

    Scratch() {
        MemorySegment.copy(PROC_SELF_FD, 0, path, ValueLayout.JAVA_BYTE, 0, PROC_SELF_FD.length);
    }

    Statx statx() {
        return statx;
    }

    OpenHow how() {
        return how;
    }

    RecordLock lock() {
        return lock;
    }

    Dirents entries() {
        return entries;
    }

    MemorySegment dirents() {
        return dirents;
    }

    List<Inode> chain() {
        return chain;
    }

    Name entryName() {
        return entryName;
    }

    Entry entry() {
        return entry;
    }

    /** Room for a path of the host. */
    MemorySegment longPath() {
        return longPath;
    }

    /** Room for another. */
    MemorySegment secondPath() {
        return secondPath;
    }

    /** The address of that name, with a NUL. */
    long name(byte[] bytes) {
        MemorySegment.copy(bytes, 0, name, ValueLayout.JAVA_BYTE, 0, bytes.length);
        name.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return name.address();
    }

    /**
     * The address of {@code /proc/self/fd/N}, the only way to some calls on an O_PATH descriptor.
     * The link leads to the very file, wherever it is by now.
     */
    long procPath(int fd) {
        int end = PROC_SELF_FD.length;
        for (int rest = fd; rest > 0 || end == PROC_SELF_FD.length; rest /= 10) {
            end++;
        }
        path.set(ValueLayout.JAVA_BYTE, end, (byte) 0);
        for (int at = end, rest = fd; at > PROC_SELF_FD.length; rest /= 10) {
            path.set(ValueLayout.JAVA_BYTE, --at, (byte) ('0' + rest % 10));
        }
        return path.address();
    }

    /** The address of two {@code struct timespec} of these values. */
    long times(long access, long accessNanos, long modify, long modifyNanos) {
        times.set(ValueLayout.JAVA_LONG, 0, access);
        times.set(ValueLayout.JAVA_LONG, 8, accessNanos);
        times.set(ValueLayout.JAVA_LONG, 16, modify);
        times.set(ValueLayout.JAVA_LONG, 24, modifyNanos);
        return times.address();
    }

    /** The address of two offsets, for copies. */
    long offsets(long from, long to) {
        offsets.set(ValueLayout.JAVA_LONG, 0, from);
        offsets.set(ValueLayout.JAVA_LONG, 8, to);
        return offsets.address();
    }

    static final MemorySegment EMPTY_STRING = Arena.global().allocate(1);
    static final MemorySegment DOT = Arena.global().allocateFrom(".");

    /** The address of an empty path, for AT_EMPTY_PATH. */
    static long empty() {
        return EMPTY_STRING.address();
    }

    /** The address of {@code .}. */
    static long dot() {
        return DOT.address();
    }
}

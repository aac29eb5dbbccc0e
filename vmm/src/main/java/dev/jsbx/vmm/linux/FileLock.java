package dev.jsbx.vmm.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An exclusive lock on a file that ends with its holder, however that ends ({@code fcntl(2)}, open
 * file description locks). Whether somebody holds one can be asked without taking it, so asking
 * never gets in the way of who is about to.
 */
public final class FileLock implements AutoCloseable {
    private static final int F_OFD_GETLK = 36;
    private static final int F_OFD_SETLK = 37;
    private static final short F_WRLCK = 1;
    private static final short F_UNLCK = 2;

    // struct flock: i16 type, i16 whence, i64 start, i64 length (0: to the end), i32 pid; all zero
    // but the type means the whole file.
    private static final int STRUCT_FLOCK = 32;

    private final Fd file;

    private FileLock(Fd file) {
        this.file = file;
    }

    /**
     * Takes the lock, making the file if need be.
     *
     * @return empty if another holds it
     * @throws LinuxException if the file cannot be opened
     */
    public static Optional<FileLock> tryTake(Path path) {
        Fd file = Files.open(path, Files.O_RDWR | Files.O_CREAT, 0600);
        long result = control(file, F_OFD_SETLK).result;
        if (result == 0) {
            return Optional.of(new FileLock(file));
        }
        file.close();
        if (result == -Errno.EAGAIN || result == -Errno.EACCES) {
            return Optional.empty();
        }
        throw new LinuxException((int) -result, "fcntl(\"" + path + "\", F_OFD_SETLK)");
    }

    /** Whether anybody holds the lock; no file, no holder. */
    public static boolean isHeld(Path path) {
        if (!java.nio.file.Files.exists(path)) {
            return false; // without an exception, and without the first downcall's cost
        }
        try (Fd file = Files.open(path, Files.O_RDWR)) {
            Answer answer = control(file, F_OFD_GETLK);
            Syscall.check(answer.result, "fcntl(\"%s\", F_OFD_GETLK)", path);
            return answer.type != F_UNLCK;
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                return false;
            }
            throw e;
        }
    }

    private record Answer(long result, short type) {}

    private static Answer control(Fd file, int command) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flock = arena.allocate(STRUCT_FLOCK, Long.BYTES);
            flock.set(ValueLayout.JAVA_SHORT, 0, F_WRLCK);
            long result = Syscall.call(Syscall.FCNTL, file.number(), command, flock.address());
            return new Answer(result, flock.get(ValueLayout.JAVA_SHORT, 0));
        }
    }

    @Override
    public void close() {
        file.close();
    }
}

package dev.jsbx.netstack.audit;

import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.Io;
import dev.jsbx.vmm.linux.LinuxException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDate;

/**
 * Appends lines to the file of the day. Each line is one {@code write(2)} to a descriptor that was
 * opened with O_APPEND, so lines of several processes never mix. Confined to its owner's lock.
 */
final class AuditSink implements AutoCloseable {
    /** How often old files are looked for, in bytes written by this process. */
    private static final long LOOK_EVERY = 1 << 20;

    /**
     * How much of a file's bounds may be written until its size is asked for: others write, too.
     */
    private static final int PARTS = 1024;

    private final AuditOptions options;
    private final String sandbox;
    private Fd file;
    private LocalDate day;
    private int number;
    private long written;
    private long lookAt;
    private long sizeAt;

    /** Bytes of this sandbox today, or more as long as they have not been counted. */
    private long own;

    private boolean counted;

    AuditSink(AuditOptions options, String sandbox) {
        this.options = options;
        this.sandbox = sandbox;
    }

    /**
     * Appends one line.
     *
     * @throws AuditException if not all of it is in the file
     */
    void append(MemorySegment line, LocalDate today) {
        try {
            prepare(today);
            if (own + line.byteSize() > options.maxDayBytes() && !counted) {
                own = AuditFiles.bytesOf(options.directory(), today, sandbox);
                counted = true;
            }
        } catch (IOException | LinuxException e) {
            throw new AuditException("cannot write the audit log: " + e.getMessage(), e);
        }
        if (own + line.byteSize() > options.maxDayBytes()) {
            throw new AuditException(
                    "the audit log of "
                            + today
                            + " has its "
                            + options.maxDayBytes()
                            + " bytes of sandbox "
                            + sandbox
                            + ": see "
                            + options.directory());
        }
        long bytes = Io.write(file.number(), line);
        if (bytes < line.byteSize()) {
            // What a full disk left of the line stays: others may have appended behind it already.
            String why = bytes < 0 ? Errno.text((int) -bytes) : Errno.text(Errno.ENOSPC);
            throw new AuditException(
                    "cannot write the audit log in " + options.directory() + ": " + why);
        }
        own += bytes;
        written += bytes;
    }

    private void prepare(LocalDate today) throws IOException {
        if (file == null || !today.equals(day) || isFull()) {
            open(today);
        } else if (written >= lookAt) {
            AuditFiles.prune(options, today);
            lookAt = written + LOOK_EVERY;
        }
    }

    private boolean isFull() {
        if (written < sizeAt) {
            return false;
        }
        sizeAt = written + options.maxFileBytes() / PARTS;
        return Files.size(file) >= options.maxFileBytes();
    }

    private void open(LocalDate today) throws IOException {
        close();
        java.nio.file.Files.createDirectories(
                options.directory(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        long all = AuditFiles.prune(options, today);
        if (!today.equals(day)) {
            own = all; // as long as all sandboxes are within one's bounds, so is this one
            counted = false;
        }
        lookAt = written + LOOK_EVERY;
        number = AuditFiles.current(options, today);
        Path path = AuditFiles.path(options.directory(), today, number);
        file = Files.open(path, Files.O_WRONLY | Files.O_APPEND | Files.O_CREAT, 0600);
        day = today;
    }

    /** Closes the file after its data has reached the disk. */
    @Override
    public void close() {
        if (file != null) {
            Io.fdatasync(file.number());
            file.close();
            file = null;
        }
    }
}

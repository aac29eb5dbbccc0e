package dev.jsbx.cli.sandbox;

import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.FileLock;
import dev.jsbx.vmm.linux.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** The files of one sandbox. Says nothing of whether they exist: the store does. */
public final class Sandbox {
    // sockaddr_un has 108 bytes for a path and its final NUL (unix(7)).
    private static final int MAX_SOCKET_PATH = 107;
    private static final int LONGEST_SOCKET_NAME = 24;

    private final Path directory;
    private final Path sockets;

    Sandbox(Path directory) {
        this.directory = directory;
        Path inside = directory.resolve("s");
        int length = inside.toString().getBytes(StandardCharsets.UTF_8).length;
        sockets =
                length + 1 + LONGEST_SOCKET_NAME <= MAX_SOCKET_PATH
                        ? inside
                        : SocketDirectory.elsewhere(directory);
    }

    /** Its files as a VMM process is told of them. */
    public static Sandbox at(Path directory) {
        return new Sandbox(directory);
    }

    public String name() {
        return directory.getFileName().toString();
    }

    public Path directory() {
        return directory;
    }

    Path configFile() {
        return directory.resolve("sandbox.json");
    }

    /** The ports that its VMM process listens at, one a line. */
    Path portsFile() {
        return directory.resolve("ports");
    }

    /** The sparse image that takes the guest's changes to its root filesystem. */
    public Path disk() {
        return directory.resolve("disk.ext4");
    }

    /** What the VMM process says on its standard error. */
    public Path vmmLog() {
        return directory.resolve("vmm.log");
    }

    /** What commands say that nobody is attached to. */
    public Path outputLog() {
        return directory.resolve("output.log");
    }

    /** What the guest's kernel says on its console. */
    public Path consoleLog() {
        return directory.resolve("console.log");
    }

    /** Where the Unix sockets are; made by {@link SocketDirectory#make}. */
    public Path sockets() {
        return sockets;
    }

    /**
     * The path of a socket.
     *
     * @param name at most 24 bytes
     */
    public Path socket(String name) {
        return sockets.resolve(name);
    }

    /** Whether a VMM process of it lives. */
    public boolean isRunning() {
        return FileLock.isHeld(vmmLock());
    }

    /** Whether a command is creating, starting or removing it, or a VMM process of it lives. */
    boolean isHeld() {
        return isRunning() || FileLock.isHeld(setupLock());
    }

    /** Taken by the VMM process for life; empty if another one has it. */
    public Optional<FileLock> tryRun() {
        return FileLock.tryTake(vmmLock());
    }

    /** Makes this run of it the last: for the VMM process that has the lock. */
    public void noteRun() throws IOException {
        Files.setLastModifiedTime(vmmLock(), FileTime.from(Instant.now()));
    }

    /**
     * Its last run, by when that began, in ns since 1970; empty if it still goes on, or there was
     * none.
     */
    public OptionalLong lastRun() {
        try {
            long began = Files.getLastModifiedTime(vmmLock()).to(TimeUnit.NANOSECONDS);
            return isRunning() ? OptionalLong.empty() : OptionalLong.of(began);
        } catch (IOException e) {
            return OptionalLong.empty(); // there is no lock
        }
    }

    /** Taken by a command that changes the sandbox; empty if another one has it, or it is gone. */
    public Optional<FileLock> trySetUp() {
        try {
            return FileLock.tryTake(setupLock());
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Path vmmLock() {
        return directory.resolve("vmm.lock");
    }

    private Path setupLock() {
        return directory.resolve("setup.lock");
    }
}

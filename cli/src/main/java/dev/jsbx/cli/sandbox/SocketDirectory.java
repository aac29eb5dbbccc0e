package dev.jsbx.cli.sandbox;

import dev.jsbx.cli.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;

/** The directory of a sandbox's Unix sockets, which nobody else may enter. */
public final class SocketDirectory {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private SocketDirectory() {}

    /** A short path for a sandbox whose own would not fit into a socket's address. */
    static Path elsewhere(Path sandbox) {
        byte[] path = sandbox.toString().getBytes(StandardCharsets.UTF_8);
        String id = UUID.nameUUIDFromBytes(path).toString().substring(0, 13);
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        if (runtime != null && runtime.startsWith("/") && runtime.length() < 40) {
            return Path.of(runtime, "jsbx", id);
        }
        return Path.of("/tmp", "jsbx-" + userId(), id);
    }

    private static Object userId() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw Failure.own("cannot read /proc/self: mount /proc", e);
        }
    }

    /**
     * Makes the directory, empty.
     *
     * @throws Failure if it, or its parent, belongs to somebody else or is open to others
     */
    public static void make(Sandbox sandbox) throws IOException {
        Path directory = sandbox.sockets();
        if (!directory.startsWith(sandbox.directory())) {
            own(directory.getParent());
        }
        SandboxStore.delete(directory);
        own(directory);
    }

    private static void own(Path directory) throws IOException {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        PosixFileAttributes is =
                Files.readAttributes(
                        directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        boolean mine = is.owner().equals(Files.getOwner(Path.of("/proc/self")));
        if (!is.isDirectory() || !mine || !OWNER_ONLY.containsAll(is.permissions())) {
            throw Failure.own(
                    directory
                            + " is open to other users, and sockets would be: remove it, or set"
                            + " XDG_RUNTIME_DIR to a directory of your own");
        }
    }
}

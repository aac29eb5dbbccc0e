package dev.jsbx.cli.sandbox;

import dev.jsbx.cli.Failure;
import dev.jsbx.vmm.linux.FileLock;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** All sandboxes of this user. Any number of processes may use it at once. */
public final class SandboxStore {
    private static final int DRAFTS = 10;
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path root;

    private SandboxStore(Path root) {
        this.root = root;
    }

    public static SandboxStore open() {
        return new SandboxStore(Directories.state().resolve("sandboxes"));
    }

    /** A store elsewhere, for tests. */
    static SandboxStore at(Path root) {
        return new SandboxStore(root);
    }

    /** A new sandbox, and the lock that keeps others off it while it is being set up. */
    public record Created(Sandbox sandbox, FileLock setup) {}

    /**
     * Makes a sandbox's directory, whole from the moment its name appears.
     *
     * @throws Failure if the name is taken or there is no room
     */
    public Created create(SandboxConfig config) {
        Created made = draft();
        Path draft = made.sandbox().directory();
        try {
            Files.writeString(made.sandbox().configFile(), SandboxJson.write(config));
            Path directory = root.resolve(config.name());
            if (!tryRename(draft, directory)) {
                delete(draft);
                made.setup().close();
                throw Failure.own(
                        "a sandbox named " + config.name() + " exists: choose another --name");
            }
            return new Created(new Sandbox(directory), made.setup());
        } catch (IOException e) {
            discard(draft);
            made.setup().close();
            throw cannotWrite(draft, e);
        }
    }

    // Locked before it has its name: whoever then sees the name also sees that it is held. Until it
    // is locked another command may take it for debris; then it takes another draft.
    private Created draft() {
        try {
            Files.createDirectories(root);
            for (int i = 0; i < DRAFTS; i++) {
                Path draft = Files.createDirectory(root.resolve(".new-" + random()), OWNER_ONLY);
                Optional<FileLock> setup = new Sandbox(draft).trySetUp();
                if (setup.isPresent() && Files.exists(draft)) {
                    return new Created(new Sandbox(draft), setup.get());
                }
                setup.ifPresent(FileLock::close);
            }
        } catch (IOException e) {
            throw cannotWrite(root, e);
        }
        throw Failure.own("other commands remove what is made in " + root + ": try again");
    }

    private static Failure cannotWrite(Path path, IOException e) {
        return Failure.own("cannot write " + path + ": " + reason(e), e);
    }

    private static void discard(Path draft) {
        try {
            delete(draft);
        } catch (IOException e) {
            // The next command sweeps it.
        }
    }

    /**
     * Takes a stopped sandbox to start it again, as what it was created as.
     *
     * @throws Failure if it runs, or another command is at it
     */
    public static Created reopen(Sandbox sandbox) {
        FileLock setup = sandbox.trySetUp().orElse(null);
        if (setup == null) {
            throw Failure.own(
                    "the sandbox " + sandbox.name() + " is in use by another command: wait for it");
        }
        if (sandbox.isRunning()) {
            setup.close();
            throw Failure.own("the sandbox " + sandbox.name() + " is still running: try again");
        }
        return new Created(sandbox, setup);
    }

    /** Where a sandbox of that name would be. */
    public Path directoryOf(String name) {
        return root.resolve(name);
    }

    /** The sandbox of a name, if there is one. */
    public Optional<Sandbox> find(String name) {
        if (!SandboxName.isValid(name)) {
            return Optional.empty();
        }
        Path directory = root.resolve(name);
        return Files.isDirectory(directory)
                ? Optional.of(new Sandbox(directory))
                : Optional.empty();
    }

    /**
     * The sandbox of a name.
     *
     * @throws Failure if there is none
     */
    public Sandbox get(String name) {
        return find(name)
                .orElseThrow(() -> Failure.failed("sandbox '" + name + "' not found: see jsbx ls"));
    }

    /**
     * What a sandbox was created as.
     *
     * @throws Failure if its file is missing or damaged
     */
    public static SandboxConfig config(Sandbox sandbox) {
        try {
            return SandboxJson.read(Files.readString(sandbox.configFile()));
        } catch (IOException e) {
            throw Failure.own(
                    sandbox.configFile()
                            + " cannot be read: "
                            + reason(e)
                            + "; remove the sandbox and make it anew",
                    e);
        }
    }

    /** Every sandbox, by name. */
    public List<Sandbox> list() {
        List<Sandbox> all = new ArrayList<>();
        try (Stream<Path> entries = Files.list(root)) {
            entries.filter(path -> !path.getFileName().toString().startsWith("."))
                    .sorted()
                    .forEach(path -> all.add(new Sandbox(path)));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw Failure.failed("cannot list " + root + ": " + reason(e));
        }
        return all;
    }

    /**
     * Removes a sandbox that nobody holds but the caller: first its name, then its files.
     *
     * @throws IOException if a file withstands
     */
    public void remove(Sandbox sandbox) throws IOException {
        delete(sandbox.sockets());
        Path dead = root.resolve(".dead-" + random());
        if (tryRename(sandbox.directory(), dead)) {
            delete(dead);
        }
    }

    /**
     * Removes what interrupted commands and killed VMM processes have left: ephemeral sandboxes
     * that nobody holds, drafts, half-removed directories.
     */
    public void sweep() {
        try (Stream<Path> entries = Files.list(root)) {
            for (Path path : (Iterable<Path>) entries::iterator) {
                sweep(path);
            }
        } catch (IOException e) {
            // No store yet, or another command sweeps the same debris.
        }
    }

    private void sweep(Path path) throws IOException {
        String name = path.getFileName().toString();
        Sandbox sandbox = new Sandbox(path);
        if (name.startsWith(".dead-")) {
            delete(path);
            return;
        }
        if (sandbox.isHeld() || !name.startsWith(".new-") && !isEphemeral(sandbox)) {
            return;
        }
        Optional<FileLock> setup = sandbox.trySetUp();
        if (setup.isPresent()) {
            try (FileLock held = setup.get()) {
                if (!sandbox.isRunning()) {
                    remove(sandbox);
                }
            }
        }
    }

    private static boolean isEphemeral(Sandbox sandbox) {
        try {
            return SandboxJson.read(Files.readString(sandbox.configFile())).ephemeral();
        } catch (IOException e) {
            return false; // a damaged one may hold work of somebody's: it is left for people
        }
    }

    // rename(2) replaces no directory that has something in it, and every sandbox has.
    private static boolean tryRename(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Deletes a tree; what is already gone is no error, links are not followed. */
    public static void delete(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(
                tree,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e)
                            throws IOException {
                        if (e instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw e;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path directory, IOException e)
                            throws IOException {
                        Files.deleteIfExists(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private static String random() {
        return Long.toHexString(ThreadLocalRandom.current().nextLong());
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException f && f.getReason() != null
                ? f.getReason()
                : e instanceof NoSuchFileException ? "no such file" : e.getMessage();
    }
}

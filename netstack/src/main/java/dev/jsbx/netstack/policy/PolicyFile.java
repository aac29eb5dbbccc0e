package dev.jsbx.netstack.policy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * The policy file: one YAML file that users and commands edit alike. Commands edit it under a lock
 * and put the new text in its place in one step, so a reader sees the old or the new one, never
 * half of either; comments stay.
 */
public final class PolicyFile {
    private static final String HEAD =
            """
            # Network policy of jsbx: who may talk to whom. Edit it here or with "jsbx policy":
            # comments stay, and running sandboxes follow at once.
            #
            # mode:       what becomes of what no rule speaks of: open, balanced or locked-down
            # rules:      the most specific one wins, and deny wins a tie
            #   - allow: github.com:443
            #   - deny: "*.ads.example"       (quotes around what starts with * or [)
            #   - allow: ntp.example.com:123
            #     protocol: udp               (tcp if not said; a deny is for everything)
            # unlogged:   refuse (if not said), or allow: what becomes of connections that cannot be
            #             written to the audit log, as when the disk is full
            # sandboxes:  mode and rules for one sandbox, under its name
            #
            """;

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    // The lock below is the process's, so threads of one process need another.
    private static final ReentrantLock THREADS = new ReentrantLock();

    private final Path path;

    private PolicyFile(Path path) {
        this.path = path;
    }

    public static PolicyFile at(Path path) {
        return new PolicyFile(path);
    }

    public Path path() {
        return path;
    }

    public boolean exists() {
        return Files.exists(path);
    }

    /**
     * What the file says; {@link Policy#EMPTY} if there is none.
     *
     * @throws PolicySyntaxException if it says something else, naming file, line and what is wrong
     * @throws IOException if it cannot be read
     */
    public Policy read() throws IOException {
        try {
            return PolicyDocument.parse(text().orElse("")).policy();
        } catch (PolicySyntaxException e) {
            throw named(e);
        }
    }

    private PolicySyntaxException named(PolicySyntaxException e) {
        return new PolicySyntaxException(path + ": " + e.getMessage(), e);
    }

    private Optional<String> text() throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(4 * PolicyDocument.MAX_LENGTH + 1);
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (CharacterCodingException e) {
            throw new PolicySyntaxException("it is not UTF-8");
        }
    }

    /**
     * Adds rules at the end of their lists, all in one step.
     *
     * @return those that the file did not have yet
     * @throws PolicySyntaxException if the file is broken; nothing has changed then
     * @throws IOException if it cannot be written
     */
    public List<Rule> add(List<Rule> rules) throws IOException {
        List<Rule> added = new ArrayList<>();
        edit(
                text -> {
                    String edited = text;
                    for (Rule rule : rules) {
                        if (!has(edited, rule)) {
                            edited = PolicyText.add(edited, rule);
                            added.add(rule);
                        }
                    }
                    return edited;
                });
        return added;
    }

    /** Adds one rule; false if the file has it already. */
    public boolean add(Rule rule) throws IOException {
        return !add(List.of(rule)).isEmpty();
    }

    /** Removes rules in one step, those that the file does not have included. */
    public void remove(List<Rule> rules) throws IOException {
        edit(
                text -> {
                    String edited = text;
                    for (Rule rule : rules) {
                        edited = has(edited, rule) ? PolicyText.remove(edited, rule) : edited;
                    }
                    return edited;
                });
    }

    /** Sets the mode, for all sandboxes or for one of them. Throws as {@link #add} does. */
    public void setMode(Optional<String> sandbox, Mode mode) throws IOException {
        edit(text -> PolicyText.setMode(text, sandbox, mode));
    }

    /** Removes what is only for one sandbox. Throws as {@link #add} does. */
    public void forget(String sandbox) throws IOException {
        if (exists()) {
            edit(text -> PolicyText.forget(text, sandbox));
        }
    }

    private static boolean has(String text, Rule rule) {
        return PolicyDocument.parse(text).policy().allRules().contains(rule);
    }

    /**
     * Starts anew with a mode and no rules, whatever the file says, even if it is broken.
     *
     * @return where the old file is now; empty if there was none
     */
    public Optional<Path> reset(Mode mode) throws IOException {
        return locked(
                () -> {
                    Optional<Path> kept = Optional.empty();
                    if (exists()) {
                        Path old = target().resolveSibling(path.getFileName() + ".old");
                        Files.copy(target(), old, StandardCopyOption.REPLACE_EXISTING);
                        kept = Optional.of(old);
                    }
                    replace(HEAD + "mode: " + mode.text() + "\n");
                    return kept;
                });
    }

    private void edit(UnaryOperator<String> change) throws IOException {
        locked(
                () -> {
                    try {
                        Optional<String> old = text();
                        String base = old.orElse(HEAD + "mode: " + Mode.DEFAULT.text() + "\n");
                        String edited = change.apply(base);
                        if (!edited.equals(base)) {
                            replace(edited);
                        }
                        return edited;
                    } catch (PolicySyntaxException e) {
                        throw named(e);
                    }
                });
    }

    /** Something done under the lock. */
    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T locked(Work<T> work) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path lock = directory.resolve("." + path.getFileName() + ".lock");
        THREADS.lock();
        try (FileChannel channel =
                        FileChannel.open(
                                lock,
                                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                                OWNER_ONLY);
                FileLock held = channel.lock()) {
            return work.run();
        } finally {
            THREADS.unlock();
        }
    }

    /** The file itself where the path is a symbolic link to it, which many keep settings as. */
    private Path target() throws IOException {
        return exists() ? path.toRealPath() : path.toAbsolutePath();
    }

    private void replace(String text) throws IOException {
        Path target = target();
        Path draft =
                target.resolveSibling(
                        "." + path.getFileName() + "." + ProcessHandle.current().pid());
        Files.deleteIfExists(draft);
        try {
            write(draft, text);
            if (Files.exists(target)) {
                Set<PosixFilePermission> mode = Files.getPosixFilePermissions(target);
                Files.setPosixFilePermissions(draft, mode);
            }
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
        try (FileChannel directory = FileChannel.open(target.getParent())) {
            directory.force(true); // so that the new name survives a power cut
        }
    }

    private static void write(Path draft, String text) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        draft,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        OWNER_ONLY)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}

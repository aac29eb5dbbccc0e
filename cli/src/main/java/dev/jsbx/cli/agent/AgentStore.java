package dev.jsbx.cli.agent;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.Layer;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.image.ImageException;
import dev.jsbx.image.Progress;
import dev.jsbx.vmm.linux.FileLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * Agents that are installed, in {@code $XDG_CACHE_HOME/jsbx/agents}. Any number of processes may
 * use it at once; of several that want the same agent one installs it and the others wait.
 */
public final class AgentStore {
    /** Raised when layers are laid out anew: those made before are then out of date. */
    private static final String LAYOUT = "1";

    /** Between an agent's name and what follows in a file's: no name has it. */
    static final String SEPARATOR = "@";

    private static final long LOCK_POLL_MILLIS = 200;

    private final Path directory;

    /**
     * @param cache {@code $XDG_CACHE_HOME/jsbx}; made when the first agent is installed
     */
    public AgentStore(Path cache) {
        directory = cache.resolve("agents");
    }

    /** The agent as it was installed, if it was and what it is made from is still the same. */
    public Optional<InstalledAgent> find(Agent agent) {
        return InstalledAgent.read(directory, agent.name())
                .filter(installed -> installed.recipe().equals(recipe(agent)));
    }

    /**
     * The agent, installed if need be.
     *
     * @param anew with the newest packages, even if it is installed
     * @throws Failure if it cannot be installed; what was installed before is still there
     */
    public InstalledAgent install(
            Agent agent, BuildMachine machine, Progress progress, boolean anew)
            throws InterruptedException {
        try {
            Files.createDirectories(directory);
            try (FileLock lock = lock(agent, progress)) {
                Optional<InstalledAgent> present = anew ? Optional.empty() : find(agent);
                return present.isPresent() ? present.get() : build(agent, machine, progress);
            }
        } catch (IOException | ImageException e) {
            throw Failure.own("cannot install " + agent.name() + ": " + e.getMessage(), e);
        }
    }

    private InstalledAgent build(Agent agent, BuildMachine machine, Progress progress)
            throws IOException, InterruptedException {
        sweep(agent.name());
        Path scratch = Files.createTempDirectory(directory, draft(agent.name()));
        try {
            AgentBuild build = new AgentBuild(agent, scratch, progress);
            InstalledAgent installed = build.run(machine, directory, recipe(agent));
            installed.write(directory);
            collect(agent.name());
            return installed;
        } finally {
            SandboxStore.delete(scratch);
        }
    }

    /**
     * Removes an installed agent. Sandboxes that have it keep it.
     *
     * @return whether it was there
     */
    public boolean remove(Agent agent) throws IOException, InterruptedException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (FileLock lock = lock(agent, Progress.SILENT)) {
            boolean there = Files.deleteIfExists(InstalledAgent.file(directory, agent.name()));
            sweep(agent.name());
            collect(agent.name());
            return there;
        }
    }

    private FileLock lock(Agent agent, Progress progress) throws InterruptedException {
        Path file = directory.resolve(agent.name() + ".lock");
        for (boolean told = false; ; told = true) {
            Optional<FileLock> lock = FileLock.tryTake(file);
            if (lock.isPresent()) {
                return lock.get();
            }
            if (!told) {
                progress.step("waiting for another command that installs it");
            }
            Thread.sleep(LOCK_POLL_MILLIS);
        }
    }

    private static String draft(String agent) {
        return "new-" + agent + SEPARATOR;
    }

    // The lock is held: nobody installs, so what looks like it is debris.
    private void sweep(String agent) throws IOException {
        try (DirectoryStream<Path> drafts =
                Files.newDirectoryStream(directory, draft(agent) + "*")) {
            for (Path draft : drafts) {
                SandboxStore.delete(draft);
            }
        }
    }

    // What neither a new sandbox would get nor an old one has.
    private void collect(String agent) throws IOException {
        Set<Path> used = new HashSet<>();
        InstalledAgent.read(directory, agent)
                .ifPresent(installed -> installed.layers().forEach(l -> used.add(l.file())));
        for (Sandbox sandbox : SandboxStore.open().list()) {
            try {
                Layer.of(sandbox).forEach(layer -> used.add(layer.file()));
            } catch (Failure e) {
                // It lacks one already.
            }
        }
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, agent + SEPARATOR + "*.{erofs,ext4}")) {
            for (Path file : files) {
                if (!used.contains(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static String recipe(Agent agent) {
        String text = LAYOUT + "\n" + agent.npm() + "\n" + agent.install();
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] hash = digest.digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}

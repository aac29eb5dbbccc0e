package dev.jsbx.cli.agent;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.Layer;
import dev.jsbx.image.HostProgram;
import dev.jsbx.image.Progress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One agent's installation, in a directory that nobody else sees until it is whole. */
final class AgentBuild {
    private static final int LAST_LINES = 3;

    private final Agent agent;
    private final Path scratch;
    private final Path root;
    private final Path prefix;
    private final Path tree;
    private final Progress progress;

    /**
     * @param scratch empty directory
     */
    AgentBuild(Agent agent, Path scratch, Progress progress) {
        this.agent = agent;
        this.scratch = scratch;
        this.progress = progress;
        root = scratch.resolve("root");
        prefix = Path.of("/opt/jsbx", agent.name());
        tree = root.resolve(prefix.toString().substring(1));
    }

    /**
     * Installs.
     *
     * @param into where the layers' files go
     * @param recipe what to write down as the recipe
     */
    InstalledAgent run(BuildMachine machine, Path into, String recipe)
            throws IOException, InterruptedException {
        Files.createDirectories(tree);
        Path work = Files.createDirectory(scratch.resolve("work"));
        if (!agent.npm().isEmpty()) {
            progress.step("fetching " + String.join(", ", agent.npm()) + " with npm");
            NpmInstall.run(work, tree, agent.npm());
        }
        List<NpmPackage> packages = NpmPackage.in(tree);
        Path disk = agent.install().isEmpty() ? null : scratch.resolve("disk.ext4");
        finish(machine, packages, disk);
        link();
        progress.step("making the layer");
        List<Layer> layers = new ArrayList<>();
        String id = Long.toHexString(System.currentTimeMillis());
        layers.add(Layer.erofs(keep(erofs(), into, id + ".erofs")));
        if (disk != null) {
            layers.add(Layer.upper(keep(disk, into, id + ".ext4")));
        }
        List<String> versions = packages.stream().map(p -> p.name() + "@" + p.version()).toList();
        return new InstalledAgent(agent.name(), recipe, Instant.now(), versions, layers);
    }

    private void finish(BuildMachine machine, List<NpmPackage> packages, Path disk)
            throws IOException, InterruptedException {
        String script = InstallScript.of(agent, packages, tree, prefix);
        if (script.isEmpty()) {
            return;
        }
        progress.step("running its installer in a sandbox");
        List<String> said = new ArrayList<>();
        int code = machine.run(new BuildMachine.Job(tree, prefix, disk, script, said::add));
        if (code != 0) {
            List<String> last =
                    said.subList(Math.max(0, said.size() - LAST_LINES), said.size()).stream()
                            .map(String::strip)
                            .toList();
            throw Failure.own(
                    "the installer of "
                            + agent.name()
                            + " ended with "
                            + code
                            + ": "
                            + String.join("; ", last)
                            + ": see what jsbx policy log says of the hosts it needs");
        }
    }

    // The guest's PATH has /usr/local/bin in front of the image's own programs.
    private void link() throws IOException {
        Path bin = Files.createDirectories(root.resolve("usr/local/bin"));
        Path programs = tree.resolve("bin");
        if (!Files.isDirectory(programs)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(programs)) {
            for (Path program : entries) {
                String name = program.getFileName().toString();
                Files.createSymbolicLink(bin.resolve(name), prefix.resolve("bin").resolve(name));
            }
        }
    }

    private Path erofs() throws IOException {
        Path image = scratch.resolve("layer.erofs");
        // -T0: the same packages make the same image.
        HostProgram.run(
                scratch,
                List.of(
                        "mkfs.erofs",
                        "-zlz4",
                        "-T0",
                        "--all-root",
                        image.toString(),
                        root.toString()));
        return image;
    }

    private Path keep(Path file, Path into, String end) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Path kept = into.resolve(agent.name() + AgentStore.SEPARATOR + end);
        return Files.move(file, kept, StandardCopyOption.ATOMIC_MOVE);
    }
}

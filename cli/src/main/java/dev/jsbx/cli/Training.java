package dev.jsbx.cli;

import dev.jsbx.cli.branch.BranchRehearsal;
import dev.jsbx.cli.rehearsal.DeviceRehearsal;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.vmm.Rehearsal;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * Runs and loads what a start of jsbx runs and loads, for the JVM to keep the classes loaded and
 * linked ({@code -XX:AOTCacheOutput}). Not a command; {@code ./jsbx} starts it after a build.
 */
final class Training {
    /** What the command of a run needs beside {@link Jsbx} itself. */
    private static final List<String> COMMAND =
            List.of(
                    "dev/jsbx/cli/run/",
                    "dev/jsbx/cli/agent/Agent.class",
                    "dev/jsbx/cli/sandbox/",
                    "dev/jsbx/cli/terminal/",
                    "dev/jsbx/cli/engine/",
                    "dev/jsbx/cli/image/",
                    "dev/jsbx/cli/secret/",
                    "dev/jsbx/cli/trust/",
                    "dev/jsbx/cli/vmm/",
                    "dev/jsbx/image/agent/",
                    "dev/jsbx/image/store/",
                    "dev/jsbx/vmm/linux/",
                    "com/google/gson/stream/",
                    "com/fasterxml/jackson/core/");

    /** What a VMM process needs: all of jsbx but its commands. */
    private static final List<String> VMM =
            List.of(
                    "dev/jsbx/vmm/",
                    "dev/jsbx/virtio/",
                    "dev/jsbx/image/store/",
                    "dev/jsbx/image/agent/",
                    "dev/jsbx/cli/vmm/",
                    "dev/jsbx/cli/engine/",
                    "dev/jsbx/cli/sandbox/",
                    "dev/jsbx/cli/secret/",
                    "dev/jsbx/cli/image/",
                    "com/google/gson/stream/",
                    "com/fasterxml/jackson/core/");

    /** What a server of devices needs. */
    private static final List<String> DEVICES =
            List.of("dev/jsbx/virtio/", "dev/jsbx/vmm/linux/", "dev/jsbx/cli/vhostuser/");

    /**
     * Property: the JVM's log of classes that it has loaded, a line each that begins with the name.
     */
    private static final String LOADED = "jsbx.loaded";

    /** Those to initialize if they were loaded, which nothing is seen of. */
    private static final Pattern LINKED =
            Pattern.compile("(io\\.netty|java\\.(net|nio|util))\\.[^/]*");

    private Training() {}

    public static void main(String[] args) throws Exception {
        Path here = Path.of("").toAbsolutePath();
        switch (args[0]) {
            case "jars" -> UnsignedJars.in(Path.of(args[1]));
            case "cli" -> {
                cli();
                Rehearsal.commands(here, Training::list);
            }
            case "run" -> {
                cli();
                Jsbx.prepare("run");
                load(COMMAND);
                Rehearsal.command(here);
                Rehearsal.commands(here, Training::enter);
            }
            case "branch" -> {
                cli();
                Jsbx.prepare("branch");
                Rehearsal.commands(here, Training::branch);
            }
            case "vmm" -> {
                load(VMM);
                Rehearsal.vmm(here);
            }
            case "device" -> {
                Jsbx.prepare("vhost-user");
                load(DEVICES);
                DeviceRehearsal.run();
            }
            default ->
                    throw new IllegalArgumentException(
                            "jars, cli, run, branch, vmm or device, not " + args[0]);
        }
        if (System.getProperty(LOADED) != null) {
            link(Path.of(System.getProperty(LOADED)));
        }
    }

    // The cache leaves out a class that was loaded and not linked, as for a check that one type is
    // another; and each start does that check again, loading the class from its jar.
    private static void link(Path loaded) throws IOException {
        long known = -1;
        List<String> lines = Files.readAllLines(loaded);
        while (lines.size() > known) {
            known = lines.size();
            for (String line : lines) {
                String name = line.substring(0, Math.max(0, line.indexOf(' ')));
                if (LINKED.matcher(name).matches()) {
                    initialize(name);
                }
            }
            lines = Files.readAllLines(loaded);
        }
    }

    private static void initialize(String name) {
        try {
            Class.forName(name);
        } catch (ClassNotFoundException | LinkageError e) {
            // As at a start.
        }
    }

    // Help texts are left out: they load locale data that no ordinary command needs, and every
    // class in the cache costs a little at each start. That is also why run has a cache of its own.
    private static void cli() {
        // One class that is not in the cache costs as much as all that are: for it the JVM opens
        // every jar up to its own.
        load("dev/jsbx/vmm/linux/Exit.class");
        Jsbx.prepare("ls");
        Jsbx.run("version", "--json");
        Jsbx.run("version");
        for (String name : Commands.NAMES) {
            Commands.create(name);
        }
    }

    private static void list(String sandbox) {
        Jsbx.run("ls");
        Jsbx.run("ls", "--json");
        Jsbx.run("ls", "-q");
        Jsbx.run("inspect", sandbox);
    }

    private static void branch(String sandbox) throws Exception {
        Path project = Files.createTempDirectory("jsbx-rehearsal").toRealPath();
        try {
            BranchRehearsal.make(SandboxStore.open().directoryOf(sandbox), project);
            Jsbx.run("branch", "ls");
            Jsbx.run("branch", "log", "--name", sandbox);
            Jsbx.run("branch", "diff", "--name", sandbox, "--stat");
            Jsbx.run("branch", "diff", "--name", sandbox);
            Jsbx.run("branch", "merge", "--name", sandbox);
        } finally {
            SandboxStore.delete(project);
        }
    }

    private static void enter(String sandbox) {
        Jsbx.run("exec", sandbox, "true");
        Jsbx.run("exec", "-i", "-e", "A=B", sandbox, "true");
        Jsbx.run("run", "--name", sandbox, "--", "true");
    }

    private static void load(List<String> packages) throws IOException {
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            try (JarFile jar = new JarFile(path)) {
                jar.stream()
                        .map(JarEntry::getName)
                        .filter(name -> name.endsWith(".class"))
                        .filter(name -> packages.stream().anyMatch(name::startsWith))
                        .forEach(Training::load);
            }
        }
    }

    private static void load(String file) {
        String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
        try {
            Class.forName(name, false, Training.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // It needs what is not on the class path, and so no start needs it.
        }
    }
}

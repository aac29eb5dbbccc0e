package dev.jsbx.image.store;

import dev.jsbx.image.HostProgram;
import dev.jsbx.image.Requirements;
import dev.jsbx.image.kernel.GuestKernel;
import dev.jsbx.image.kernel.KernelModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Debian's minimal system with some packages, as a directory tree. */
final class Debian {
    private Debian() {}

    /**
     * Installs a tree.
     *
     * @param packages names with commas between them
     * @param modules directory that becomes {@code /usr/lib/modules}
     * @param customize shell script that is run last, outside the tree, as root
     * @param arguments of that script, after the tree's path
     */
    static Path install(
            Path scratch, String packages, Path modules, String customize, String... arguments)
            throws IOException {
        Path script = Files.writeString(scratch.resolve("customize.sh"), customize);
        Path tree = scratch.resolve("tree");
        StringBuilder hook = new StringBuilder("sh ").append(script).append(" \"$1\"");
        for (String argument : arguments) {
            hook.append(" '").append(argument.replace("'", "'\\''")).append('\'');
        }
        asRoot(
                scratch,
                List.of(
                        "mmdebstrap",
                        "--mode=root",
                        "--variant=minbase",
                        "--include=" + packages,
                        "--dpkgopt=path-exclude=/usr/share/doc/*",
                        "--dpkgopt=path-exclude=/usr/share/man/*",
                        "--dpkgopt=path-exclude=/usr/share/locale/*",
                        "--customize-hook=copy-in " + modules + " /usr/lib",
                        "--customize-hook=" + hook,
                        "--format=directory",
                        suite(),
                        tree.toString()));
        return tree;
    }

    /**
     * Makes a tree an EROFS image and removes it.
     *
     * @param options of mkfs.erofs
     */
    static Path erofs(Path scratch, Path tree, String... options) throws IOException {
        Path image = scratch.resolve("root.erofs");
        List<String> command = new ArrayList<>(List.of("mkfs.erofs"));
        command.addAll(List.of(options));
        command.addAll(List.of(image.toString(), tree.toString()));
        asRoot(scratch, command);
        delete(tree);
        return image;
    }

    /** Deletes a tree, whoever in it owns what. */
    static void delete(Path tree) throws IOException {
        asRoot(tree.getParent(), List.of("rm", "-rf", tree.toString()));
    }

    /**
     * Runs a program as root: the host's, or that of a user namespace where whoever builds is root
     * and has the users of {@code /etc/subuid}. Its mounts are nobody else's, and all of it ends
     * with this thread: a killed build leaves files only.
     */
    private static void asRoot(Path directory, List<String> program) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "setpriv",
                                "--pdeathsig",
                                "KILL",
                                "unshare",
                                "--mount",
                                "--pid",
                                "--fork",
                                "--kill-child",
                                "--mount-proc"));
        if (!Requirements.isRoot()) {
            command.addAll(List.of("--map-root-user", "--map-auto"));
        }
        command.addAll(program);
        HostProgram.run(directory, command, line -> {});
    }

    /** Makes a directory {@code modules/RELEASE} with these modules and the kernel's own lists. */
    static Path modules(
            Path scratch, GuestKernel kernel, Collection<KernelModule> chosen, boolean unpacked)
            throws IOException {
        Path modules = scratch.resolve("modules");
        Path release = modules.resolve(kernel.release());
        for (KernelModule module : chosen) {
            String path = module.path();
            Path file =
                    release.resolve(unpacked ? path.substring(0, path.indexOf(".ko") + 3) : path);
            Files.createDirectories(file.getParent());
            Files.write(file, unpacked ? module.unsigned() : module.file());
        }
        for (Map.Entry<String, byte[]> list : kernel.lists().entrySet()) {
            Files.write(release.resolve(list.getKey()), list.getValue());
        }
        return modules;
    }

    /** The host's own suite if it is Debian's, else the stable one that this was tried with. */
    static String suite() {
        Properties release = new Properties();
        try (var in = Files.newBufferedReader(Path.of("/etc/os-release"))) {
            release.load(in);
        } catch (IOException e) {
            return "bookworm";
        }
        String codename = release.getProperty("VERSION_CODENAME", "").replace("\"", "");
        boolean debian = "debian".equals(release.getProperty("ID", "").replace("\"", ""));
        return debian && !codename.isEmpty() ? codename : "bookworm";
    }
}

package dev.jsbx.image.store;

import dev.jsbx.image.HostProgram;
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
        List<String> command =
                new ArrayList<>(
                        List.of(
                                // Its mounts of proc and sys are nobody else's, and all of it ends
                                // with this thread: a killed build leaves files only.
                                "setpriv",
                                "--pdeathsig",
                                "KILL",
                                "unshare",
                                "--mount",
                                "--pid",
                                "--fork",
                                "--kill-child",
                                "--mount-proc",
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
        HostProgram.run(scratch, command, line -> {});
        return tree;
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
            Files.write(file, unpacked ? module.content() : module.file());
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

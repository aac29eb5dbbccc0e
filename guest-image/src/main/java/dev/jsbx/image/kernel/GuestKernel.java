package dev.jsbx.image.kernel;

import dev.jsbx.image.ImageException;
import dev.jsbx.vmm.boot.BzImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A kernel and its modules, unpacked from their package. */
public final class GuestKernel {
    private static final String MODULES = "lib/modules/";

    private final String release;
    private final byte[] vmlinux;
    private final Map<String, KernelModule> modules;
    private final Map<String, byte[]> lists;
    private final Set<String> builtIn;

    private GuestKernel(
            String release,
            byte[] vmlinux,
            Map<String, KernelModule> modules,
            Map<String, byte[]> lists) {
        this.release = release;
        this.vmlinux = vmlinux;
        this.modules = modules;
        this.lists = lists;
        this.builtIn = new HashSet<>();
        String list =
                new String(
                        lists.getOrDefault("modules.builtin", new byte[0]), StandardCharsets.UTF_8);
        list.lines().forEach(line -> builtIn.add(KernelModule.nameOf(line)));
    }

    /**
     * Unpacks a package.
     *
     * @throws ImageException if it holds no kernel
     */
    public static GuestKernel unpack(Path deb) throws IOException {
        Map<String, KernelModule> modules = new TreeMap<>();
        Map<String, byte[]> lists = new TreeMap<>();
        byte[][] vmlinuz = new byte[1][];
        String[] release = new String[1];
        DebArchive.read(
                deb,
                (path, content) -> {
                    String file = path.startsWith("usr/lib/modules/") ? path.substring(4) : path;
                    if (file.startsWith("boot/vmlinuz-")) {
                        vmlinuz[0] = content.readAllBytes();
                        release[0] = file.substring("boot/vmlinuz-".length());
                    } else if (file.startsWith(MODULES)) {
                        module(file.substring(MODULES.length()), content, modules, lists);
                    }
                });
        if (vmlinuz[0] == null) {
            throw new ImageException(deb.getFileName() + " holds no kernel");
        }
        byte[] vmlinux = BzImage.unpack(vmlinuz[0], "vmlinuz-" + release[0]);
        return new GuestKernel(release[0], vmlinux, modules, lists);
    }

    private static void module(
            String path,
            InputStream content,
            Map<String, KernelModule> modules,
            Map<String, byte[]> lists)
            throws IOException {
        String below = path.substring(path.indexOf('/') + 1);
        if (!below.contains("/")) {
            lists.put(below, content.readAllBytes());
        } else if (below.contains(".ko")) {
            String name = KernelModule.nameOf(below);
            modules.put(name, new KernelModule(name, below, content.readAllBytes()));
        }
    }

    /** What {@code uname -r} prints. */
    public String release() {
        return release;
    }

    /** The kernel as an ELF file. */
    public byte[] vmlinux() {
        return vmlinux;
    }

    /** All modules. */
    public Collection<KernelModule> modules() {
        return modules.values();
    }

    /** {@code modules.builtin} and the like, by name. */
    public Map<String, byte[]> lists() {
        return lists;
    }

    /**
     * Modules with all that they need, in an order in which they can be loaded. Those that are
     * built into the kernel are left out.
     *
     * @throws ImageException if this kernel has no such module
     */
    public List<KernelModule> closure(Collection<String> names) {
        Set<KernelModule> ordered = new LinkedHashSet<>();
        for (String name : names) {
            add(name, ordered, new ArrayList<>());
        }
        return List.copyOf(ordered);
    }

    private void add(String name, Set<KernelModule> ordered, List<String> path) {
        KernelModule module = modules.get(name);
        if (module == null) {
            // A dependency that is no module is built in, or soft and does not exist.
            if (builtIn.contains(name) || !path.isEmpty()) {
                return;
            }
            throw new ImageException("kernel " + release + " has no module " + name);
        }
        if (path.contains(name) || ordered.contains(module)) {
            return;
        }
        List<String> deeper = new ArrayList<>(path);
        deeper.add(name);
        module.dependencies().forEach(dependency -> add(dependency, ordered, deeper));
        ordered.add(module);
    }
}

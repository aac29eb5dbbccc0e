package dev.jsbx.image.store;

import dev.jsbx.image.AptLists;
import dev.jsbx.image.HostProgram;
import dev.jsbx.image.ImageException;
import dev.jsbx.image.Progress;
import dev.jsbx.image.Requirements;
import dev.jsbx.image.agent.Protocol;
import dev.jsbx.image.initramfs.Initramfs;
import dev.jsbx.image.kernel.GuestKernel;
import dev.jsbx.image.kernel.KernelModule;
import dev.jsbx.image.kernel.KernelPackage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How an image is made. */
abstract sealed class Recipe permits DefaultRecipe, LabRecipe, MinimalRecipe {
    /** Devices and file systems that every machine may have, apart from what is built in. */
    private static final List<String> MODULES =
            List.of(
                    "virtio_mmio",
                    "virtio_blk",
                    "vmw_vsock_virtio_transport",
                    "virtio_rng",
                    "virtio_balloon",
                    "virtiofs",
                    "erofs",
                    "overlay",
                    "ext4",
                    "virtio_net");

    /** Raised when the initramfs is laid out anew: images made before are then out of date. */
    private static final int LAYOUT = 2;

    private static final Path BUSYBOX = Path.of("/bin/busybox");

    /**
     * The recipe of a name.
     *
     * @throws ImageException if there is none
     */
    static Recipe named(String name) {
        return switch (name) {
            case "default" -> new DefaultRecipe();
            case "lab" -> new LabRecipe();
            case "minimal" -> new MinimalRecipe();
            default ->
                    throw new ImageException(
                            "there is no image " + name + ": jsbx builds default, lab and minimal");
        };
    }

    abstract String name();

    /** Text that changes whenever another image would come out. */
    abstract String describe();

    /** Modules that the image needs at boot beside those that every machine may need. */
    List<String> bootModules() {
        return List.of();
    }

    /** Adds what the image has beyond kernel, modules and agent. */
    abstract void addTo(Initramfs initramfs) throws IOException;

    /** Makes the root file system; null if the machine stays in its initramfs. */
    abstract Path root(Path scratch, GuestKernel kernel, Progress progress) throws IOException;

    /** A hash of the recipe and of the agent's sources. */
    final String id() {
        MessageDigest digest = Blobs.sha256();
        digest.update(
                (LAYOUT + "\n" + name() + "\n" + describe() + "\n" + modules())
                        .getBytes(StandardCharsets.UTF_8));
        AgentSources.read()
                .forEach(
                        (file, text) -> {
                            digest.update(file.getBytes(StandardCharsets.UTF_8));
                            digest.update(text);
                        });
        return HexFormat.of().formatHex(digest.digest());
    }

    private List<String> modules() {
        List<String> modules = new ArrayList<>(MODULES);
        modules.addAll(bootModules());
        return modules;
    }

    final Manifest build(Path scratch, Blobs blobs, Progress progress) throws IOException {
        List<String> missing = Requirements.missing();
        if (!missing.isEmpty()) {
            throw new ImageException(
                    "building images needs apt-get install " + String.join(" ", missing));
        }
        AptLists.refresh(scratch, progress);
        progress.step("downloading the kernel");
        Path deb = KernelPackage.download(KernelPackage.newest(scratch), scratch);
        progress.step("unpacking the kernel");
        GuestKernel kernel = GuestKernel.unpack(deb);
        Files.delete(deb);
        progress.step("compiling the agent");
        byte[] agent = AgentSources.compile(scratch);
        Map<String, Manifest.Blob> files = new LinkedHashMap<>();
        List<KernelModule> modules = kernel.closure(modules());
        files.put("vmlinux", blob(blobs, blobs.put(scratch, kernel.vmlinux())));
        files.put("initramfs", blob(blobs, blobs.put(scratch, initramfs(agent, modules))));
        Path root = root(scratch, kernel, progress);
        if (root != null) {
            progress.step("storing the root file system");
            files.put("root", blob(blobs, blobs.put(root)));
        }
        return new Manifest(
                name(),
                id(),
                Protocol.VERSION,
                Instant.now(),
                kernel.release(),
                bootModules(),
                files);
    }

    private static Manifest.Blob blob(Blobs blobs, String hash) throws IOException {
        return new Manifest.Blob(hash, Files.size(blobs.path(hash)));
    }

    private byte[] initramfs(byte[] agent, List<KernelModule> modules) throws IOException {
        Initramfs initramfs = new Initramfs();
        for (String directory :
                List.of("dev", "proc", "sys", "run", "root", "lower", "upper", "newroot")) {
            initramfs.directory(directory);
        }
        initramfs.directory("tmp", 01777, 0); // of an image without a root file system
        initramfs.file("init", 0755, agent);
        StringBuilder order = new StringBuilder();
        Set<String> names = new HashSet<>();
        for (KernelModule module : modules) {
            initramfs.file("modules/" + module.name() + ".ko", 0644, module.unsigned());
            names.add(module.name());
            order.append(module.name()).append(':');
            module.dependencies().stream()
                    .filter(names::contains)
                    .forEach(name -> order.append(' ').append(name));
            order.append('\n');
        }
        byte[] list = order.toString().getBytes(StandardCharsets.US_ASCII);
        initramfs.file("modules/order", 0644, list);
        addTo(initramfs);
        return initramfs.finish();
    }

    static byte[] busybox() throws IOException {
        return Files.readAllBytes(BUSYBOX);
    }

    static List<String> busyboxApplets() throws IOException {
        return HostProgram.run(BUSYBOX.getParent(), List.of(BUSYBOX.toString(), "--list-full"))
                .lines()
                .filter(path -> path.matches("[a-z0-9/_\\[\\].-]+"))
                .toList();
    }
}

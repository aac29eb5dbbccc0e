package dev.jsbx.virtio.guest;

import dev.jsbx.vmm.boot.BzImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.tukaani.xz.XZInputStream;

/**
 * Debian's newest cloud kernel, downloaded through apt once and kept in the user's cache.
 *
 * @param vmlinux the unpacked kernel
 * @param modules its modules by name, as files that may be compressed
 */
public record GuestKernel(Path vmlinux, Map<String, Path> modules) {
    private static GuestKernel found;

    /**
     * The kernel, downloading it if it is not there.
     *
     * @throws IllegalStateException if apt does not have one
     */
    public static synchronized GuestKernel get() {
        if (found == null) {
            try {
                found = open(unpacked(newestPackage()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    private static String newestPackage() {
        String listed =
                Shell.run(Path.of("/"), "apt-cache", "search", "^linux-image-6.*-cloud-amd64$");
        return listed.lines()
                .map(line -> line.substring(0, line.indexOf(' ')))
                .filter(name -> name.matches("linux-image-6\\.\\d+\\.\\d+.*"))
                .max(Comparator.comparing(GuestKernel::version))
                .orElseThrow(() -> new IllegalStateException("apt has no cloud kernel"));
    }

    private static String version(String name) {
        StringBuilder sortable = new StringBuilder();
        for (String number : name.split("\\D+")) {
            sortable.append(String.format("%6s", number));
        }
        return sortable.toString();
    }

    private static Path unpacked(String name) throws IOException {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path parent =
                cache != null ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache");
        Path directory = parent.resolve("jsbx/test-guest").resolve(name);
        if (Files.exists(directory)) {
            return directory;
        }
        Files.createDirectories(directory.getParent());
        Path partial = Files.createTempDirectory(directory.getParent(), name);
        Shell.run(partial, "apt-get", "download", name);
        try (Stream<Path> packages = Files.list(partial)) {
            Path file = packages.filter(p -> p.toString().endsWith(".deb")).findAny().orElseThrow();
            Shell.run(partial, "dpkg-deb", "-x", file.toString(), ".");
            Files.delete(file);
        }
        try (Stream<Path> boot = Files.list(partial.resolve("boot"))) {
            Path image = boot.filter(p -> p.toString().contains("vmlinuz")).findAny().orElseThrow();
            Files.write(partial.resolve("vmlinux"), BzImage.readVmlinux(image));
        }
        try {
            Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException e) {
            // Another run was faster; its files are the same.
        }
        return directory;
    }

    private static GuestKernel open(Path directory) throws IOException {
        Map<String, Path> modules = new HashMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            files.filter(file -> file.getFileName().toString().contains(".ko"))
                    .forEach(file -> modules.put(moduleName(file), file));
        }
        return new GuestKernel(directory.resolve("vmlinux"), Map.copyOf(modules));
    }

    private static String moduleName(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.indexOf(".ko")).replace('-', '_');
    }

    /** A module's bytes, uncompressed; empty if the kernel has it built in. */
    byte[] module(String name) {
        Path file = modules.get(name.replace('-', '_'));
        if (file == null) {
            return new byte[0];
        }
        try {
            if (!file.toString().endsWith(".xz")) {
                return Files.readAllBytes(file);
            }
            try (XZInputStream in = new XZInputStream(Files.newInputStream(file))) {
                return in.readAllBytes();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of the modules that a module needs loaded before it. */
    static List<String> dependencies(byte[] module) {
        String text = new String(module, StandardCharsets.ISO_8859_1);
        List<String> names = new ArrayList<>();
        int at = text.indexOf("\0depends=");
        if (at >= 0) {
            int start = at + "\0depends=".length();
            for (String name : text.substring(start, text.indexOf('\0', start)).split(",", -1)) {
                if (!name.isEmpty()) {
                    names.add(name);
                }
            }
        }
        return names;
    }
}

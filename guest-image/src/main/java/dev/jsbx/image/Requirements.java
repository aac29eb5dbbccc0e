package dev.jsbx.image;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What building images and running machines needs of the host, as Debian packages. */
public final class Requirements {
    private static final Path STATIC_LIBC = Path.of("/usr/lib/x86_64-linux-gnu/libc.a");
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final Map<String, String> PROGRAMS = new LinkedHashMap<>();

    static {
        PROGRAMS.put("gcc", "gcc");
        PROGRAMS.put("mmdebstrap", "mmdebstrap");
        PROGRAMS.put("mkfs.erofs", "erofs-utils");
        PROGRAMS.put("mke2fs", "e2fsprogs");
    }

    private Requirements() {}

    /** Whether this program is root on the host. */
    public static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Packages that are missing for building images, for {@code apt-get install}. */
    public static List<String> missing() {
        List<String> packages = new ArrayList<>();
        PROGRAMS.forEach(
                (program, name) -> {
                    if (HostProgram.find(program).isEmpty()) {
                        packages.add(name);
                    }
                });
        if (!isRoot() && HostProgram.find("newuidmap").isEmpty()) {
            packages.add("uidmap"); // for the users that a file system has beside one's own
        }
        if (!Files.exists(STATIC_LIBC)) {
            packages.add("libc6-dev");
        }
        if (!isStatic(BUSYBOX)) {
            packages.add("busybox-static");
        }
        return packages;
    }

    // The dynamic busybox has an interpreter, whose path stands in the first page of the file.
    private static boolean isStatic(Path program) {
        try (var in = Files.newInputStream(program)) {
            byte[] first = in.readNBytes(4096);
            return !new String(first, java.nio.charset.StandardCharsets.ISO_8859_1)
                    .contains("/ld-linux");
        } catch (java.io.IOException e) {
            return false;
        }
    }

    /** Whether packages can be installed without asking: root, and apt is there. */
    public static boolean canInstall() {
        return isRoot() && HostProgram.find("apt-get").isPresent();
    }
}

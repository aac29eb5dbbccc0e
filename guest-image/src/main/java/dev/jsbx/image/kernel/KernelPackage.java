package dev.jsbx.image.kernel;

import dev.jsbx.image.HostProgram;
import dev.jsbx.image.ImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds and downloads the newest cloud kernel that apt offers. */
public final class KernelPackage {
    private static final Pattern NAME =
            Pattern.compile("linux-image-(\\d+(?:\\.\\d+)+[^ ]*?)-cloud-amd64(-unsigned)?");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private KernelPackage() {}

    /**
     * The newest package's name, such as {@code linux-image-6.12.117+deb12-cloud-amd64}.
     *
     * @throws ImageException if apt offers none
     */
    public static String newest(Path directory) throws IOException {
        List<String> offered =
                HostProgram.run(directory, List.of("apt-cache", "pkgnames", "linux-image-"))
                        .lines()
                        .filter(name -> NAME.matcher(name).matches())
                        .toList();
        // The signed package of a version, where there is one, over the unsigned.
        return offered.stream()
                .max(
                        Comparator.comparing(KernelPackage::version, KernelPackage::compare)
                                .thenComparing(name -> !name.endsWith("-unsigned")))
                .orElseThrow(
                        () ->
                                new ImageException(
                                        "apt offers no linux-image-*-cloud-amd64: apt-get update,"
                                                + " or add Debian's main archive to its sources"));
    }

    /** The kernel's version in a package's name, such as {@code 6.12.117+deb12}. */
    static String version(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(name);
        }
        return matcher.group(1);
    }

    /** Compares versions by their numbers, left to right. */
    static int compare(String a, String b) {
        List<Long> left = numbers(a);
        List<Long> right = numbers(b);
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            int order = left.get(i).compareTo(right.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    private static List<Long> numbers(String version) {
        return NUMBER.matcher(version).results().map(m -> Long.parseLong(m.group())).toList();
    }

    /** Downloads a package into a directory and returns its file. */
    public static Path download(String name, Path directory) throws IOException {
        HostProgram.run(directory, List.of("apt-get", "-q", "download", name));
        try (var files = Files.newDirectoryStream(directory, name + "_*.deb")) {
            for (Path file : files) {
                return file;
            }
        }
        throw new ImageException("apt-get download " + name + " left no file: check the network");
    }
}

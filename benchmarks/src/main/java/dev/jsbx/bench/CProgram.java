package dev.jsbx.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** A C program among the resources, compiled into a temporary directory. */
public final class CProgram implements AutoCloseable {
    private final Path directory;
    private final Path binary;

    private CProgram(Path directory, Path binary) {
        this.directory = directory;
        this.binary = binary;
    }

    /**
     * Compiles a program as a distribution would, with -O2.
     *
     * @param resource its source's name in this package
     */
    static CProgram compile(String resource) throws IOException, InterruptedException {
        return compile(CProgram.class, resource);
    }

    /**
     * The same with further flags, such as -static for a program that runs in a guest.
     *
     * @param resource its source's name in the package of {@code near}
     */
    public static CProgram compile(Class<?> near, String resource, String... flags)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("jsbx-bench");
        CProgram program = new CProgram(directory, directory.resolve("program"));
        Path source = directory.resolve(resource);
        try (InputStream in = near.getResourceAsStream(resource)) {
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
        }
        List<String> command = new ArrayList<>(List.of("cc", "-O2"));
        command.addAll(List.of(flags));
        command.addAll(List.of("-o", program.binary.toString(), source.toString()));
        start(command);
        return program;
    }

    /** The compiled program. */
    public Path binary() {
        return binary;
    }

    /** Runs it, and returns what it printed. */
    String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(List.of(arguments));
        return start(command);
    }

    private static String start(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command.getFirst() + " failed: " + out.strip());
        }
        return out;
    }

    @Override
    public void close() throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}

package dev.jsbx.image.store;

import dev.jsbx.image.HostProgram;
import dev.jsbx.image.ImageException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The guest agent's C files, which come in the jar and are compiled for each image. */
public final class AgentSources {
    private static final String DIRECTORY = "/dev/jsbx/image/agent-source/";

    private AgentSources() {}

    /** All files by name. */
    static Map<String, byte[]> read() {
        try {
            URI uri = AgentSources.class.getResource(DIRECTORY + "protocol.h").toURI();
            if (!uri.getScheme().equals("jar")) {
                return read(Path.of(uri).getParent());
            }
            try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                return read(jar.getPath(DIRECTORY));
            }
        } catch (IOException | URISyntaxException e) {
            throw new ImageException("the agent's sources cannot be read from the jar", e);
        }
    }

    private static Map<String, byte[]> read(Path directory) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (var paths = Files.newDirectoryStream(directory, "*.{c,h}")) {
            for (Path path : paths) {
                files.put(path.getFileName().toString(), Files.readAllBytes(path));
            }
        }
        return files;
    }

    /**
     * The agent as a static executable without symbols.
     *
     * @param scratch an existing directory, in which {@code agent} is made
     */
    public static byte[] compile(Path scratch) throws IOException {
        Path directory = Files.createDirectory(scratch.resolve("agent"));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "gcc",
                                "-std=gnu17",
                                "-static",
                                "-no-pie", // nothing to relocate before main
                                "-O2",
                                "-D_GNU_SOURCE",
                                "-Wall",
                                "-Wextra",
                                "-Wshadow",
                                "-Wstrict-prototypes",
                                "-Wmissing-prototypes",
                                "-Werror",
                                "-fstack-protector-strong",
                                "-Wl,--gc-sections",
                                "-s",
                                "-o",
                                "init"));
        for (Map.Entry<String, byte[]> file : read().entrySet()) {
            Files.write(directory.resolve(file.getKey()), file.getValue());
            if (file.getKey().endsWith(".c")) {
                command.add(file.getKey());
            }
        }
        HostProgram.run(directory, command);
        return Files.readAllBytes(directory.resolve("init"));
    }
}

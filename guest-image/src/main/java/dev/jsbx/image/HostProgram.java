package dev.jsbx.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A program of the host that an image build runs. */
public final class HostProgram {
    private static final int LAST_LINES = 5;
    private static final String NO_SPACE = "No space left on device";
    private static final String FALLBACK_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    private HostProgram() {}

    /** Where a program is: on the PATH, or where system programs are. */
    public static Optional<Path> find(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + ":" + FALLBACK_PATH;
        return Arrays.stream(path.split(":"))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Runs a program to its end.
     *
     * @return its standard output
     * @throws ImageException with the last lines of what it said, if it fails or cannot start
     */
    public static String run(Path directory, List<String> command) throws IOException {
        StringBuilder output = new StringBuilder();
        run(directory, command, line -> output.append(line).append('\n'));
        return output.toString();
    }

    /** The same, line by line; standard error goes with standard output. */
    public static void run(Path directory, List<String> command, Consumer<String> lines)
            throws IOException {
        // Java looks for it on its own PATH only.
        List<String> words = new ArrayList<>(command);
        find(command.getFirst()).ifPresent(program -> words.set(0, program.toString()));
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("PATH", System.getenv("PATH") + ":" + FALLBACK_PATH);
        Process process = builder.start();
        Deque<String> last = new ArrayDeque<>();
        try (InputStream out = process.getInputStream()) {
            process.getOutputStream().close();
            var reader =
                    new java.io.BufferedReader(
                            new java.io.InputStreamReader(out, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.accept(line);
                last.add(line);
                if (last.size() > LAST_LINES) {
                    last.remove();
                }
            }
            int code = process.waitFor();
            if (code != 0) {
                throw new ImageException(
                        command.getFirst() + " failed with " + code + ": " + reason(last));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException(command.getFirst() + " was interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    // apt-get marks what matters; and a full disk is said in as many ways as there are programs.
    private static String reason(Collection<String> lines) {
        if (lines.stream().anyMatch(line -> line.contains(NO_SPACE))) {
            return "no space left on device: free some, or set XDG_CACHE_HOME to where there is";
        }
        List<String> errors = lines.stream().filter(line -> line.startsWith("E: ")).toList();
        return String.join("; ", errors.isEmpty() ? lines : errors);
    }
}

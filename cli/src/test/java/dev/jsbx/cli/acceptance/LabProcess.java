package dev.jsbx.cli.acceptance;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** One {@code jsbx lab} with {@link AcceptanceMain} in it. */
final class LabProcess implements AutoCloseable {
    private static final Path COMMAND =
            Path.of(System.getProperty("jsbx.command", "../jsbx")).toAbsolutePath().normalize();
    private static final List<String> LIBRARIES = List.of("assertj-core", "byte-buddy");
    private static final Path SHARED = Path.of("target", "lab").toAbsolutePath();

    /** A lab that says nothing for so long hangs: longer than any check may take. */
    private static final long SILENCE_MINUTES = 20;

    private static final String ROOM_FOR_6_GIB = "8000m";

    private static final String JAVA =
            "exec \"$JAVA_HOME\"/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
                    + " -Djsbx.lab=\"$1\" -Djsbx.tools=\"$3\" -cp \"$0\" dev.jsbx.cli.acceptance.AcceptanceMain"
                    + " /usr/local/bin/jsbx kvm $2";

    private final Process process;
    private final BufferedReader reader;
    private final AtomicLong heard = new AtomicLong(System.nanoTime());
    private volatile boolean hung;
    private String last = "nothing";

    private LabProcess(Process process) {
        this.process = process;
        reader = process.inputReader(StandardCharsets.UTF_8);
        Thread.ofPlatform().name("lab-watch").daemon().start(this::watch);
    }

    /** Starts a lab that makes the checks of these numbers. */
    static LabProcess start(List<Integer> checks) throws IOException {
        Process process = new ProcessBuilder(command(checks)).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new LabProcess(process);
    }

    private static List<String> command(List<Integer> checks) throws IOException {
        Files.createDirectories(SHARED);
        GuestTools.compileInto(SHARED, "map-file");
        StringBuilder classPath =
                new StringBuilder(Path.of("target", "test-classes").toAbsolutePath().toString());
        for (String jar : System.getProperty("java.class.path").split(":")) {
            Path file = Path.of(jar);
            if (LIBRARIES.stream().anyMatch(file.getFileName().toString()::startsWith)) {
                Path copy = SHARED.resolve(file.getFileName());
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                classPath.append(':').append(copy);
            }
        }
        List<String> numbers = checks.stream().map(String::valueOf).toList();
        List<String> line = new ArrayList<>(List.of(COMMAND.toString(), "lab", "-q", "-T"));
        line.addAll(List.of("-m", ROOM_FOR_6_GIB));
        line.addAll(List.of("--", "sh", "-c", JAVA, classPath.toString()));
        line.addAll(List.of(System.getProperty("jsbx.lab", ""), String.join(" ", numbers)));
        line.add(SHARED.toString());
        return line;
    }

    /** What it says, up to its end. */
    Stream<String> lines() {
        return reader.lines()
                .peek(
                        line -> {
                            heard.set(System.nanoTime());
                            last = line;
                        });
    }

    /** How it ended, for people. */
    String end() throws InterruptedException {
        return (hung ? "hung, " : "")
                + "ended with "
                + process.waitFor()
                + ", and last said: "
                + last;
    }

    private void watch() {
        try {
            while (!process.waitFor(1, TimeUnit.SECONDS)) {
                long silence = System.nanoTime() - heard.get();
                if (silence > TimeUnit.MINUTES.toNanos(SILENCE_MINUTES)) {
                    hung = true;
                    process.destroyForcibly();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

package dev.jsbx.cli.acceptance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The program under test, with a state directory and a workspace of its own. */
final class JsbxProgram implements AutoCloseable {
    // Ten times what a guest takes in the lab.
    private static final Duration PATIENCE = Duration.ofSeconds(300);

    private final Path command;
    private final String engine;
    private final Path root;
    private final List<Process> started = new ArrayList<>();
    private final Map<String, String> variables = new HashMap<>();

    /** How a process ended and what it said. */
    record Result(int code, byte[] bytes, String err) {
        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /**
     * @param command {@code ./jsbx} or another path of it
     * @param engine to run guests on
     */
    JsbxProgram(Path command, String engine) throws IOException {
        this.command = command;
        this.engine = engine;
        root = Files.createTempDirectory("jsbx-it").toRealPath();
        Files.createDirectory(workspace());
        Files.createDirectory(state());
    }

    /** The current directory of what is started, shared with the guest. */
    Path workspace() {
        return root.resolve("ws");
    }

    /** Sets a variable of whatever is started from now on. */
    void set(String name, String value) {
        variables.put(name, value);
    }

    /** {@code $XDG_STATE_HOME}. */
    Path state() {
        return root.resolve("state");
    }

    private Path sandboxes() {
        return state().resolve("jsbx/sandboxes");
    }

    /** {@code jsbx run} of a command in the smallest image. */
    List<String> run(String... words) {
        List<String> all = new ArrayList<>();
        all.addAll(List.of("run", "-q", "--engine", engine, "--image", "minimal"));
        if (engine.equals("kvm")) {
            all.addAll(List.of("--network", "none")); // the lab's processor is slow
        }
        all.addAll(List.of(words));
        return all;
    }

    /** Starts jsbx with these words. */
    Process start(List<String> words) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(command.toString());
        line.addAll(words);
        return startAny(line);
    }

    /** Starts another program, such as one that brings a terminal, in the same surroundings. */
    Process startAny(List<String> line) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(line).directory(workspace().toFile());
        builder.environment().put("XDG_STATE_HOME", state().toString());
        builder.environment().put("XDG_CONFIG_HOME", state().toString());
        builder.environment().put("HOST_TOKEN", "this stays on the host");
        builder.environment().putAll(variables);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    String command() {
        return command.toString();
    }

    /** Runs jsbx to its end, with nothing to read. */
    Result call(List<String> words) throws IOException, InterruptedException {
        return finish(start(words), new byte[0]);
    }

    /** The same with something to read. */
    Result call(List<String> words, byte[] input) throws IOException, InterruptedException {
        return finish(start(words), input);
    }

    /** Feeds a process, collects what it says, and waits for its end. */
    static Result finish(Process process, byte[] input) throws IOException, InterruptedException {
        return finish(process, input, PATIENCE);
    }

    /** The same for what may take long. */
    static Result finish(Process process, byte[] input, Duration patience)
            throws IOException, InterruptedException {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Thread feeder = Thread.ofPlatform().start(() -> feed(process.getOutputStream(), input));
        Thread errors = Thread.ofPlatform().start(() -> drain(process.getErrorStream(), err));
        Thread output = Thread.ofPlatform().start(() -> drain(process.getInputStream(), out));
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(
                    "not over after " + patience + "; it said: " + out + " " + err);
        }
        errors.join();
        output.join();
        feeder.join();
        return new Result(
                process.exitValue(), out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    private static void feed(OutputStream to, byte[] input) {
        try (to) {
            to.write(input);
        } catch (IOException e) {
            // It has stopped reading.
        }
    }

    private static void drain(InputStream from, ByteArrayOutputStream to) {
        try {
            from.transferTo(to);
        } catch (IOException e) {
            // It was killed.
        }
    }

    /** Reads what a process says until a text has come. */
    static void awaitLine(Process process, String text) throws IOException, InterruptedException {
        awaitLine(process, text, PATIENCE);
    }

    /** The same for what may take long. */
    static void awaitLine(Process process, String text, Duration patience)
            throws IOException, InterruptedException {
        InputStream from = process.getInputStream();
        StringBuilder seen = new StringBuilder();
        long deadline = System.nanoTime() + patience.toNanos();
        while (seen.indexOf(text) < 0) {
            boolean alive = process.isAlive();
            if (from.available() > 0) {
                seen.append((char) from.read());
            } else if (!alive) {
                throw new AssertionError("ended before it said " + text + ": " + seen);
            } else if (System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new AssertionError("waited " + patience + " for " + text + ": " + seen);
            } else {
                Thread.sleep(10);
            }
        }
    }

    /** Waits for a condition that another process brings about. */
    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + PATIENCE + " for " + what);
            }
            Thread.sleep(50);
        }
    }

    /** Every process whose command line names this program's state directory: VMMs and QEMUs. */
    List<ProcessHandle> guests() {
        List<ProcessHandle> found = new ArrayList<>();
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            all.filter(handle -> commandLine(handle.pid()).contains(state().toString()))
                    .forEach(found::add);
        }
        return found;
    }

    /** The VMM processes among them. */
    List<ProcessHandle> vmms() {
        return guests().stream()
                .filter(handle -> commandLine(handle.pid()).contains("VmmProcess"))
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            byte[] words = Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline"));
            return new String(words, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    /** What is in the state directory, sandboxes' names. */
    List<String> left() {
        try (Stream<Path> entries = Files.list(sandboxes())) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Waits until no process and no sandbox of this program is left. */
    void awaitNothingLeft() throws InterruptedException {
        await("the end of " + guests(), () -> guests().isEmpty());
        await("sandboxes to be removed", () -> left().isEmpty());
    }

    @Override
    public void close() throws IOException {
        started.forEach(Process::destroyForcibly);
        guests().forEach(ProcessHandle::destroyForcibly);
        try (Stream<Path> all = Files.walk(root)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }
}

package dev.jsbx.virtio.guest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A guest that runs. Closing it kills QEMU, as {@code kill -9} does. */
public final class QemuGuest implements AutoCloseable {
    static final String EXIT_MARK = "@@guest-exit";

    private static final long DEADLINE_SECONDS = 180;

    private final Process process;
    private final Path initrd;
    private final List<String> lines = new ArrayList<>();
    private final Thread reader;
    private boolean ended;

    private QemuGuest(Process process, Path initrd) {
        this.process = process;
        this.initrd = initrd;
        reader = Thread.ofPlatform().name("guest-console").daemon().start(this::readConsole);
    }

    static QemuGuest start(List<String> command, Path initrd) throws IOException {
        return new QemuGuest(new ProcessBuilder(command).redirectErrorStream(true).start(), initrd);
    }

    private void readConsole() {
        try (BufferedReader console =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = console.readLine(); line != null; line = console.readLine()) {
                append(line.strip());
            }
        } catch (IOException e) {
            append("console: " + e.getMessage());
        }
        synchronized (lines) {
            ended = true;
            lines.notifyAll();
        }
    }

    private void append(String line) {
        synchronized (lines) {
            lines.add(line);
            lines.notifyAll();
        }
    }

    /** Everything on the console so far. */
    public String output() {
        synchronized (lines) {
            return String.join("\n", lines);
        }
    }

    /**
     * Waits for a line on the console, which may be there already.
     *
     * @return the first that contains {@code part}
     * @throws AssertionError if QEMU ends or three minutes pass without it
     */
    public String awaitLine(String part) {
        return awaitLine(part, 1);
    }

    /** Waits until a line was seen that many times. */
    public String awaitLine(String part, int times) {
        return await(
                times,
                line -> line.contains(part),
                times + " times \"" + part + "\"",
                DEADLINE_SECONDS);
    }

    /**
     * Waits for lines like that, for a caller who goes on without them.
     *
     * @return all such lines so far; none if QEMU ends or the time passes first
     */
    public List<String> awaitLines(Predicate<String> wanted, long seconds) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        synchronized (lines) {
            while (true) {
                List<String> found = lines.stream().filter(wanted).toList();
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (!found.isEmpty() || ended || left <= 0) {
                    return found;
                }
                waitForLines(left);
            }
        }
    }

    private String await(int times, Predicate<String> wanted, String what, long seconds) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        synchronized (lines) {
            int seen = 0;
            int next = 0;
            while (true) {
                for (; next < lines.size(); next++) {
                    if (wanted.test(lines.get(next)) && ++seen == times) {
                        return lines.get(next);
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (ended || left <= 0) {
                    throw new AssertionError(
                            (ended ? "QEMU ended" : "no sign")
                                    + " before "
                                    + what
                                    + ":\n"
                                    + output());
                }
                waitForLines(left);
            }
        }
    }

    private void waitForLines(long millis) {
        try {
            lines.wait(millis);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Waits until the script has ended, and says with what status. */
    public int awaitExit() {
        return awaitExit(DEADLINE_SECONDS);
    }

    /** The same for a script that takes up to {@code seconds}. */
    public int awaitExit(long seconds) {
        String line = await(1, each -> each.contains(EXIT_MARK), "the script's end", seconds);
        return Integer.parseInt(
                line.substring(line.indexOf(EXIT_MARK) + EXIT_MARK.length()).strip());
    }

    /** Whether the script has ended, or QEMU has. */
    public boolean isOver() {
        synchronized (lines) {
            return ended || lines.stream().anyMatch(line -> line.contains(EXIT_MARK));
        }
    }

    /** QEMU's process on the host, for tests that measure or signal it. */
    public long pid() {
        return process.pid();
    }

    /** Types a line on the guest's console. */
    public void type(String line) {
        try {
            OutputStream in = process.getOutputStream();
            in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until QEMU itself has ended. */
    public void awaitEnd() {
        try {
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("QEMU still runs:\n" + output());
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Kills QEMU at once. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    @Override
    public void close() {
        kill();
        try {
            reader.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
            Files.deleteIfExists(initrd);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}

package dev.jsbx.bench.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that serves a directory at a socket. */
final class Server implements AutoCloseable {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final Path VIRTIOFSD = Path.of("/usr/lib/qemu/virtiofsd");

    private final Process process;
    private final Path socket;

    private Server(List<String> command, Path socket) throws IOException {
        this.socket = socket;
        process = new ProcessBuilder(command).redirectErrorStream(true).inheritIO().start();
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (!Files.exists(socket)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException(command.getFirst() + " did not open " + socket);
            }
            Thread.onSpinWait();
        }
    }

    /** jsbx as a user starts it; built first, where that is not done, which takes a minute. */
    static Server jsbx(Path directory, Path socket) throws IOException {
        String jsbx = Path.of(System.getProperty("jsbx.home", "."), "jsbx").toString();
        build(jsbx);
        List<String> command =
                List.of(
                        jsbx,
                        "vhost-user",
                        "fs",
                        "--socket-path",
                        socket.toString(),
                        "--shared-dir",
                        directory.toString());
        return new Server(command, socket);
    }

    private static void build(String jsbx) throws IOException {
        Process version =
                new ProcessBuilder(jsbx, "version")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            if (version.waitFor() != 0) {
                throw new IOException(jsbx + " version failed");
            }
        } catch (InterruptedException e) {
            version.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + jsbx + " is built", e);
        }
    }

    /** Debian's virtiofsd, as it comes with QEMU 7.2. */
    static Server virtiofsd(Path directory, Path socket) throws IOException {
        if (!Files.isExecutable(VIRTIOFSD)) {
            throw new IOException("no " + VIRTIOFSD + ": install qemu-system-common of Debian 12");
        }
        return new Server(
                List.of(
                        VIRTIOFSD.toString(),
                        "--socket-path=" + socket,
                        "-o",
                        "source=" + directory + ",cache=auto"),
                socket);
    }

    /** Has something done when the process ends, however it ends. */
    void onEnd(Runnable task) {
        process.onExit().thenRun(task);
    }

    /** CPU time it has used so far; virtiofsd serves in a child. */
    double cpuSeconds() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                        .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
                        .mapToLong(Duration::toMillis)
                        .sum()
                / 1000.0;
    }

    Path socket() {
        return socket;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

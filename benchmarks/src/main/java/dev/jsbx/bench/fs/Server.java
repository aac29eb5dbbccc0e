package dev.jsbx.bench.fs;

import dev.jsbx.bench.Launcher;
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

    /** jsbx as a user starts it. */
    static Server jsbx(Path directory, Path socket) throws IOException {
        List<String> command =
                List.of(
                        Launcher.jsbx(),
                        "vhost-user",
                        "fs",
                        "--socket-path",
                        socket.toString(),
                        "--shared-dir",
                        directory.toString());
        return new Server(command, socket);
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

package dev.jsbx.bench.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Processes that a comparison needs, on the host. */
final class HostServers implements AutoCloseable {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final List<Process> all = new ArrayList<>();

    /** iperf3 and {@code net-rows}, on the loopback. */
    static HostServers start(Path netRows) throws IOException, InterruptedException {
        HostServers servers = new HostServers();
        String iperf = Integer.toString(NetRow.IPERF_PORT);
        servers.add(List.of("iperf3", "-s", "-B", "127.0.0.1", "-p", iperf));
        servers.add(List.of(netRows.toString(), "serve", Integer.toString(NetRow.ROWS_PORT)));
        servers.awaitPort(NetRow.IPERF_PORT);
        servers.awaitPort(NetRow.ROWS_PORT);
        return servers;
    }

    /** Starts one more, whose errors show. */
    Process add(List<String> command) throws IOException {
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        all.add(process);
        return process;
    }

    private void awaitPort(int port) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (true) {
            try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("nobody listens at port " + port, e);
                }
                Thread.sleep(20);
            }
        }
    }

    /** Waits for a process to open its socket. */
    static void awaitSocket(Process process, Path socket) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (!java.nio.file.Files.exists(socket)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("nobody opened " + socket);
            }
            Thread.sleep(20);
        }
    }

    @Override
    public void close() {
        all.forEach(Process::destroy);
        for (Process process : all) {
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
}

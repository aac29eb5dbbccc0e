package dev.jsbx.cli.engine;

import dev.jsbx.virtio.vhostuser.VhostUserServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A QEMU process. Its standard input and output carry the machine protocol (QMP), of which only the
 * reason for the end is listened to; its standard error goes to this process's.
 */
final class QemuMachine implements Machine {
    private final List<VhostUserServer> servers;
    private final CompletableFuture<MachineEnd> ended = new CompletableFuture<>();
    private Process process;
    private volatile boolean closing;
    private volatile String reason = "";
    private volatile String lastWords = "";

    private QemuMachine(List<VhostUserServer> servers) {
        this.servers = servers;
    }

    static QemuMachine start(List<String> command, List<VhostUserServer> servers)
            throws IOException {
        QemuMachine machine = new QemuMachine(servers);
        CompletableFuture<IOException> started = new CompletableFuture<>();
        // PR_SET_PDEATHSIG is about the thread that made the process: this one lives as long as
        // QEMU.
        Thread.ofPlatform().name("qemu").daemon().start(() -> machine.run(command, started));
        IOException failed = started.join();
        if (failed != null) {
            throw failed;
        }
        return machine;
    }

    private void run(List<String> command, CompletableFuture<IOException> started) {
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            started.complete(e);
            return;
        }
        Thread words = Thread.ofPlatform().name("qemu-stderr").daemon().start(this::readWords);
        try {
            OutputStream qmp = process.getOutputStream();
            qmp.write("{\"execute\":\"qmp_capabilities\"}\n".getBytes(StandardCharsets.US_ASCII));
            qmp.flush();
            started.complete(null);
            readEvents();
            process.waitFor();
            words.join();
        } catch (IOException | InterruptedException e) {
            process.destroyForcibly();
            started.complete(null);
        }
        ended.complete(end());
    }

    // Events are JSON, one a line: {"event": "SHUTDOWN", "data": {"guest": true, "reason": "…"}}.
    private void readEvents() throws IOException {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.contains("\"SHUTDOWN\"")) {
                    reason = line;
                }
            }
        }
    }

    private void readWords() {
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.err.println(line);
                lastWords = line;
            }
        } catch (IOException e) {
            // The process has ended.
        }
    }

    private MachineEnd end() {
        if (closing) {
            return new MachineEnd(MachineEnd.Kind.STOPPED, "stopped");
        }
        if (reason.contains("guest-shutdown")) {
            return new MachineEnd(MachineEnd.Kind.POWERED_OFF, "the guest powered off");
        }
        if (reason.contains("guest-reset")) {
            return new MachineEnd(MachineEnd.Kind.RESET, "the guest rebooted");
        }
        String words = lastWords.replace(QemuEngine.PROGRAM + ": ", "");
        return new MachineEnd(
                MachineEnd.Kind.CRASHED,
                "QEMU ended with code "
                        + process.exitValue()
                        + (words.isEmpty() ? "" : " (" + words + ")"));
    }

    @Override
    public CompletableFuture<MachineEnd> ended() {
        return ended;
    }

    @Override
    public void close() {
        closing = true;
        process.destroyForcibly();
        ended.join();
        servers.forEach(VhostUserServer::close);
    }
}

package dev.jsbx.image.agent;

import dev.jsbx.image.store.AgentSources;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The real agent, compiled, serving sessions on a Unix socket as a plain process. */
final class AgentProcess implements BeforeAllCallback, AfterAllCallback {
    private static Path binary;

    private final List<AgentConnection> open = new ArrayList<>();
    private Path socket;
    private Process process;

    private static synchronized Path binary() throws IOException {
        if (binary == null) {
            Path dir = Files.createDirectories(Path.of("target", "agent")).toAbsolutePath();
            Path scratch = Files.createTempDirectory(dir, "source");
            binary = Files.write(scratch.resolve("init"), AgentSources.compile(scratch));
            if (!binary.toFile().setExecutable(true)) {
                throw new IOException(binary + " cannot be made executable");
            }
        }
        return binary;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        socket = Files.createTempDirectory("agent").resolve("s");
        process =
                new ProcessBuilder(binary().toString(), "--listen", socket.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        BufferedReader says =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        if (!"ready".equals(says.readLine())) {
            throw new IOException("the agent does not start");
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        open.forEach(AgentConnection::close);
        process.destroyForcibly();
        Files.deleteIfExists(socket);
        Files.deleteIfExists(socket.getParent());
    }

    SocketChannel dial() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    AgentConnection connect() throws IOException {
        AgentConnection connection = new AgentConnection(dial());
        open.add(connection);
        return connection;
    }

    Session exec(String... argv) throws IOException {
        return connect().exec(ExecRequest.of(argv));
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Resident anonymous memory of the agent, KiB. */
    long residentKib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("RssAnon:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("no RssAnon");
    }

    /** How many descriptors it has open. */
    long descriptors() throws IOException {
        try (var list = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return list.count();
        }
    }
}

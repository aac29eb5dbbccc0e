package dev.jsbx.bench.secret;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code mitmdump} in front of the server, which sets the same header. */
final class Mitmproxy {
    private static final int START_SECONDS = 30;

    private Mitmproxy() {}

    /** Why there is none; null if there is. */
    static String missing() {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(directory, "mitmdump"))) {
                return null;
            }
        }
        return "mitmdump is not installed (apt install mitmproxy)";
    }

    /**
     * Starts it.
     *
     * @param directory for its certificates
     * @param upstream the server's port
     * @throws IOException if it does not listen after half a minute
     */
    static Served start(Path directory, int upstream) throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process process =
                new ProcessBuilder(
                                List.of(
                                        "mitmdump",
                                        "--quiet",
                                        "--mode",
                                        "reverse:https://127.0.0.1:" + upstream,
                                        "--listen-host",
                                        "127.0.0.1",
                                        "--listen-port",
                                        Integer.toString(port),
                                        "--ssl-insecure",
                                        "--set",
                                        "confdir=" + directory,
                                        // Else it holds a body as a whole before it goes on.
                                        "--set",
                                        "stream_large_bodies=1m",
                                        "--modify-headers",
                                        "/~q/x-api-key/" + BoundSecret.VALUE))
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("mitmdump.log").toFile())
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy)); // where we are killed
        Served served = new Served(process, port);
        for (int i = 0; i < START_SECONDS * 10 && process.isAlive(); i++) {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return served;
            } catch (IOException e) {
                Thread.sleep(100);
            }
        }
        served.close();
        throw new IOException("mitmdump does not listen: see " + directory + "/mitmdump.log");
    }

    /** The certificate that it signs with. */
    static Path certificate(Path directory) {
        return directory.resolve("mitmproxy-ca-cert.pem");
    }
}

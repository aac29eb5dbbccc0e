package dev.jsbx.cli.acceptance;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * What {@code clients.py} speaks to, on the host's loopback: files with a registry of npm and an
 * index of pip among them, HTTP/2 with TLS and without (nghttpd), iperf3, SSH.
 */
final class ClientServers implements AutoCloseable {
    private static final String NPM = "9.9.4";
    private static final String NPM_SHA512 =
            "37371088ba6a0ee2e16af772276277b4627f9e2fde6dca87545664bf50b8ffa9"
                    + "5b96b6943db3e0089e1585be286b71458516b6623f60039f23187ff3b4ab9e35";
    private static final String SUBJECT = "/CN=host.jsbx.internal";
    private static final String NAMES = "subjectAltName=DNS:host.jsbx.internal";

    private final InetAddress loopback = InetAddress.getByName("127.0.0.1");
    private final HttpServer web;
    private final DigestSshServer ssh;
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final List<Process> processes = new ArrayList<>();

    ClientServers(JsbxProgram jsbx) throws IOException, InterruptedException {
        Path files = Files.createDirectory(jsbx.workspace().resolve("web"));
        web = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        web.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        web.createContext("/", SimpleFileServer.createFileHandler(files));
        web.start();
        ports.put("web", web.getAddress().getPort());
        ssh = new DigestSshServer();
        ports.put("ssh", ssh.port());
        GuestTools.script(jsbx, "packages.py");
        String base = "http://host.jsbx.internal:" + ports.get("web");
        GuestTools.call(jsbx, "python3", "packages.py", files.toString(), base);
        npm(jsbx, files.resolve("npm.tgz"));
        GuestTools.call(
                jsbx,
                ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
                                + " -keyout key.pem -out cert.pem -subj "
                                + SUBJECT
                                + " -addext "
                                + NAMES)
                        .split(" "));
        String htdocs = "--htdocs=" + files;
        serve(jsbx, "h2c", "nghttpd -a 127.0.0.1 --no-tls --echo-upload " + htdocs + " %d");
        serve(jsbx, "h2", "nghttpd -a 127.0.0.1 --echo-upload " + htdocs + " %d key.pem cert.pem");
        serve(jsbx, "iperf3", "iperf3 -s -B 127.0.0.1 -p %d");
    }

    /**
     * npm itself, of the last release for the guest's Node.js; fetched once, from where the host's
     * npm has its packages.
     */
    private static void npm(JsbxProgram jsbx, Path to) throws IOException, InterruptedException {
        Path target = Path.of(jsbx.command()).resolveSibling("cli/target");
        String fetch =
                "cd $1 && { [ -e npm-$2.tgz ] || npm pack --silent npm@$2 > /dev/null; }"
                        + " && echo $3 npm-$2.tgz | sha512sum -c --quiet && cp npm-$2.tgz $4";
        List<String> line = new ArrayList<>(List.of("sh", "-c", fetch, "sh", target.toString()));
        line.addAll(List.of(NPM, NPM_SHA512, to.toString()));
        GuestTools.call(jsbx, line.toArray(String[]::new));
    }

    private void serve(JsbxProgram jsbx, String name, String command)
            throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, loopback)) {
            port = free.getLocalPort();
        }
        ports.put(name, port);
        ProcessBuilder builder = new ProcessBuilder(command.formatted(port).split(" "));
        builder.directory(jsbx.workspace().toFile());
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        processes.add(builder.start());
        JsbxProgram.await(name + " to listen", () -> listens(port));
    }

    private boolean listens(int port) {
        try (Socket socket = new Socket(loopback, port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** By name. */
    Map<String, Integer> ports() {
        return ports;
    }

    @Override
    public void close() throws IOException {
        processes.forEach(Process::destroy);
        web.stop(0);
        ssh.close();
    }
}

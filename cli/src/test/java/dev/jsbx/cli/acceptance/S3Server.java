package dev.jsbx.cli.acceptance;

import dev.jsbx.netstack.tls.CertificateAuthority;
import dev.jsbx.netstack.tls.CertificateAuthority.Leaf;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * S3Proxy on the host's loopback, which keeps objects in memory and verifies signatures of Version
 * 4; with a certificate of an authority of its own. A process with a class path of its own.
 */
final class S3Server implements AutoCloseable {
    /** What the guest calls this host. */
    static final String NAME = "host.jsbx.internal";

    private static final String PASSWORD = "password";
    private static final int START_SECONDS = 120;

    private final Process process;
    private final Path authority;
    private final int port;

    private S3Server(Process process, Path authority, int port) {
        this.process = process;
        this.authority = authority;
        this.port = port;
    }

    /**
     * Starts it; its jars come from Maven Central, or from an earlier time.
     *
     * @param pom that names them
     * @param directory for what it needs
     */
    static S3Server start(Path pom, Path directory, String identity, String credential)
            throws Exception {
        Files.createDirectories(directory);
        Path classPath = directory.resolve("classpath");
        JsbxProgram.Result maven =
                JsbxProgram.finish(
                        new ProcessBuilder(
                                        "mvn",
                                        "-B",
                                        "-ntp",
                                        "-q",
                                        "-f",
                                        pom.toString(),
                                        "dependency:build-classpath",
                                        "-Dmdep.outputFile=" + classPath)
                                .start(),
                        new byte[0]);
        if (maven.code() != 0) {
            throw new IOException("mvn -f " + pom + ": " + maven.out() + maven.err());
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path keys = directory.resolve("keys.p12");
        keep(CertificateAuthority.load(directory, List.of(NAME)).sign(NAME), keys);
        Path settings = directory.resolve("s3proxy.conf");
        Files.writeString(
                settings,
                """
                s3proxy.secure-endpoint=https://127.0.0.1:%d
                s3proxy.authorization=aws-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                s3proxy.keystore-path=%s
                s3proxy.keystore-password=%s
                jclouds.provider=transient-nio2
                jclouds.identity=none
                jclouds.credential=none
                """
                        .formatted(port, identity, credential, keys, PASSWORD));
        Process process =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-cp",
                                Files.readString(classPath),
                                "org.gaul.s3proxy.Main",
                                "--properties",
                                settings.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("s3proxy.log").toFile())
                        .start();
        S3Server server = new S3Server(process, directory.resolve("ca.pem"), port);
        server.awaitStart();
        return server;
    }

    private static void keep(Leaf leaf, Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "leaf",
                leaf.key(),
                PASSWORD.toCharArray(),
                leaf.chain().toArray(Certificate[]::new));
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
    }

    private void awaitStart() throws IOException, InterruptedException {
        for (int i = 0; i < START_SECONDS * 5 && process.isAlive(); i++) {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                Thread.sleep(200);
            }
        }
        close();
        throw new IOException(
                "S3Proxy did not start: "
                        + Files.readString(authority.resolveSibling("s3proxy.log")));
    }

    /** The certificate to trust, for {@code SSL_CERT_FILE}. */
    Path authority() {
        return authority;
    }

    int port() {
        return port;
    }

    /** As the guest calls it. */
    String url() {
        return "https://" + NAME + ":" + port;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}

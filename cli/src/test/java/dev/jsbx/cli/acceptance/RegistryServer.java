package dev.jsbx.cli.acceptance;

import dev.jsbx.netstack.tls.CertificateAuthority;
import dev.jsbx.netstack.tls.CertificateAuthority.Leaf;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A container registry on the host's loopback, and under another name the server that gives out
 * tokens for it, as with Docker Hub; see {@code registry.py}.
 */
final class RegistryServer implements AutoCloseable {
    private static final String REGISTRY = "host.jsbx.internal";
    private static final String TOKENS = "host.docker.internal";

    private final Process process;
    private final Path certificate;
    private final int port;
    private final int tokensPort;
    private final List<String> heard = new CopyOnWriteArrayList<>();

    private RegistryServer(Process process, Path certificate) throws IOException {
        this.process = process;
        this.certificate = certificate;
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        port = Integer.parseInt(String.valueOf(out.readLine()));
        tokensPort = Integer.parseInt(String.valueOf(out.readLine()));
        Thread.ofVirtual().start(() -> out.lines().forEach(heard::add));
    }

    /**
     * @param home of the repository
     * @param directory for the authority of its certificates
     */
    static RegistryServer start(Path home, Path directory) throws Exception {
        CertificateAuthority authority =
                CertificateAuthority.load(directory, List.of(REGISTRY, TOKENS));
        keep(authority.sign(REGISTRY), directory.resolve("registry.pem"));
        keep(authority.sign(TOKENS), directory.resolve("auth.pem"));
        Process process =
                new ProcessBuilder(
                                "python3",
                                home.resolve("cli/src/test/registry/registry.py").toString(),
                                directory.toString(),
                                "/bin/busybox",
                                TOKENS)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        return new RegistryServer(process, directory.resolve("ca.pem"));
    }

    private static void keep(Leaf leaf, Path file) throws Exception {
        Files.writeString(
                file,
                pem("CERTIFICATE", leaf.chain().getFirst().getEncoded())
                        + pem("PRIVATE KEY", leaf.key().getEncoded()));
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN %s-----%n%s%n-----END %1$s-----%n"
                .formatted(type, Base64.getMimeEncoder().encodeToString(der));
    }

    Path certificate() {
        return certificate;
    }

    int port() {
        return port;
    }

    int tokensPort() {
        return tokensPort;
    }

    /** What images' names begin with. */
    String registry() {
        return REGISTRY + ":" + port;
    }

    /** Where tokens come from. */
    String tokens() {
        return TOKENS + ":" + tokensPort;
    }

    /** Each request with its authorization. */
    List<String> heard() {
        return heard;
    }

    @Override
    public void close() {
        process.destroy();
    }
}

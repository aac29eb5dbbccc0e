package dev.jsbx.cli.proxy;

import dev.jsbx.cli.secret.Placeholders;
import dev.jsbx.cli.secret.SecretStore;
import dev.jsbx.cli.secret.SecretWatch;
import dev.jsbx.netstack.tls.CertificateAuthority;
import dev.jsbx.netstack.tls.LeafCache;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A sandbox's proxy in a process of its own, with the secrets of a store, as a VMM process has it.
 * Ends with its standard input.
 */
final class ProxyChild {
    private ProxyChild() {}

    /**
     * Prints a port to connect to for each server.
     *
     * @param args a directory with the store in {@code config}, and the authorities of both sides;
     *     ports of servers on loopback
     */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        Path config = directory.resolve("config");
        List<String> domains = List.of("example.com", "amazonaws.com");
        LeafCache leaves =
                new LeafCache(CertificateAuthority.load(directory.resolve("jsbx"), domains));
        CertificateAuthority upstream =
                CertificateAuthority.load(directory.resolve("upstream"), domains);
        SecretWatch secrets =
                SecretWatch.start(
                        new SecretStore(config),
                        "box",
                        Placeholders.in(config, directory.resolve("box")),
                        () -> {});
        SecretProxy proxy =
                new SecretProxy(
                        secrets,
                        () -> leaves,
                        Optional.of(ProxyUnderTest.trust(upstream.certificate())));
        for (int i = 1; i < args.length; i++) {
            Destination to =
                    new Destination(
                            List.of(ProxyUnderTest.HOST, "dynamodb.us-east-1.amazonaws.com"),
                            new InetSocketAddress(
                                    InetAddress.getLoopbackAddress(), Integer.parseInt(args[i])));
            System.out.println(
                    new ProxyListener(proxy, () -> to, new AllAllowed()).address().getPort());
        }
        System.in.readAllBytes();
        System.exit(0);
    }
}

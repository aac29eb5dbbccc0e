package dev.jsbx.cli;

import dev.jsbx.cli.net.HeapKeeper;
import dev.jsbx.cli.net.NetworkSpec;
import dev.jsbx.cli.policy.PolicyPlaces;
import dev.jsbx.cli.sandbox.NetworkMode;
import dev.jsbx.cli.sandbox.PublishedPort;
import dev.jsbx.cli.sandbox.SandboxName;
import dev.jsbx.cli.vhostuser.NetServer;
import dev.jsbx.netstack.policy.PolicyFile;
import dev.jsbx.netstack.policy.PolicySyntaxException;
import dev.jsbx.virtio.net.NetDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx vhost-user net}: the network of jsbx for any VMM. */
final class VhostUserNetCommand {
    private static final int MIN_MTU = 1280; // IPv6's (RFC 8200 §5)

    private Path socket;
    private PolicyFile policy;
    private String name = "vhost-user";
    private String network = "policy";
    private int mtu = NetworkSpec.MTU;
    private String[] ports = {};
    private boolean capabilities;

    CommandSpec spec() {
        return Spec.of("net", "Be a guest's network, as passt is.", this::serve)
                .value("--socket-path", "PATH", "Where to listen", p -> socket = Path.of(p))
                .value(
                        "--policy",
                        "FILE",
                        "Rules in place of your own (see jsbx policy)",
                        p -> policy = PolicyFile.at(Path.of(p).toAbsolutePath()))
                .value(
                        "--network",
                        "MODE",
                        "open, balanced or locked-down, in place of the policy's",
                        mode -> network = mode)
                .value(
                        "--name",
                        "NAME",
                        "What rules and log call the guest (default vhost-user)",
                        n -> name = SandboxName.check(n))
                .value("--mtu", "BYTES", "1280 to 65520 (default 1500)", this::mtu)
                .values(
                        "-p --publish",
                        "[[IP:]HOST:]GUEST[/tcp|udp]",
                        "Publish a port of the guest on this host (at 127.0.0.1)",
                        p -> ports = p)
                .flag("--print-capabilities", "Print JSON for libvirt", on -> capabilities = on)
                .build();
    }

    private void mtu(String text) {
        try {
            mtu = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            mtu = 0;
        }
        if (mtu < MIN_MTU || mtu > NetDevice.MAX_MTU) {
            throw Failure.usage("--mtu " + text + " is not possible: use 1280 to 65520");
        }
    }

    private int serve() throws InterruptedException {
        if (capabilities) {
            System.out.println("{\"type\": \"net\"}");
            return 0;
        }
        if (socket == null) {
            throw Failure.usage("--socket-path is needed: see --help");
        }
        NetServer server =
                NetServer.start(
                        network(),
                        socket,
                        PublishedPort.parse(ports),
                        line -> System.err.println("jsbx: " + line));
        // SIGTERM and SIGINT end the JVM; the socket goes with it.
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "close"));
        HeapKeeper.start();
        new CountDownLatch(1).await();
        return 0;
    }

    private NetworkSpec network() {
        NetworkMode mode = NetworkMode.parse(network);
        if (!mode.card()) {
            throw Failure.usage("--network none is no network: leave the device out");
        }
        if (policy == null) {
            return new NetworkSpec(name, PolicyPlaces.file(), mode.mode(), mtu);
        }
        if (!policy.exists()) {
            throw Failure.failed(
                    "the policy " + policy.path() + " does not exist: write it, or leave it out");
        }
        try {
            policy.read();
        } catch (PolicySyntaxException e) {
            throw Failure.failed(e.getMessage() + ": correct it");
        } catch (IOException e) {
            throw Failure.failed("the policy " + policy.path() + " cannot be read: " + e);
        }
        return new NetworkSpec(name, policy, mode.mode(), mtu);
    }
}

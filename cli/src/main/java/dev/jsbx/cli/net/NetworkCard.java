package dev.jsbx.cli.net;

import dev.jsbx.cli.sandbox.PublishedPort;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxPorts;
import dev.jsbx.cli.secret.SecretSource;
import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.virtio.net.NetBackend;
import dev.jsbx.virtio.net.NetDevice;
import dev.jsbx.virtio.net.NetPort;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A guest's network card with all that is behind it. The stack starts on a thread of its own, while
 * the guest boots; a driver that is ready first waits for it.
 */
public final class NetworkCard implements AutoCloseable {
    private static final byte[] MAC = {0x52, 0x54, 0, 0, 0, 2};

    private final Addressing who = Addressing.standard();
    private final CompletableFuture<GuestNetwork> network = new CompletableFuture<>();
    private final CompletableFuture<Void> failed = new CompletableFuture<>();
    private final NetDevice device;
    private PortPublisher ports; // once the network is complete

    private NetworkCard(int mtu) {
        device = new NetDevice(new Behind(), MAC, mtu, GuestLink.FEATURES);
    }

    /** The card of a sandbox, with its ports. */
    public static NetworkCard start(Sandbox sandbox, SandboxConfig config, SecretSource secrets) {
        PortKeeper keeper = PortKeeper.in(new SandboxPorts(sandbox));
        return start(NetworkSpec.of(config, secrets), config.ports(), keeper);
    }

    /** A card of a guest that is no sandbox. */
    public static NetworkCard start(NetworkSpec spec, List<PublishedPort> ports) {
        return start(spec, ports, PortKeeper.NONE);
    }

    /** The same without ports, for a rehearsal. */
    public static NetworkCard start(String sandbox) {
        return start(NetworkSpec.named(sandbox), List.of());
    }

    /** Makes the card and begins to start what is behind it, the published ports last. */
    private static NetworkCard start(
            NetworkSpec spec, List<PublishedPort> ports, PortKeeper keeper) {
        NetworkCard card = new NetworkCard(spec.mtu());
        Thread.ofPlatform()
                .name("network-start")
                .daemon()
                .start(
                        () -> {
                            try {
                                card.open(spec, ports, keeper);
                            } catch (RuntimeException e) {
                                // Without policy or audit log the card stays a wire to nowhere.
                                card.network.completeExceptionally(e);
                                card.failed.completeExceptionally(e);
                            }
                        });
        return card;
    }

    private void open(NetworkSpec spec, List<PublishedPort> wanted, PortKeeper keeper) {
        GuestNetwork started = GuestNetwork.start(spec, who);
        try {
            ports = new PortPublisher(started.ports(), keeper);
            ports.start(wanted);
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
        network.complete(started);
    }

    /** Completes, exceptionally, if what is behind the card cannot be started. */
    public CompletableFuture<Void> failed() {
        return failed;
    }

    /**
     * The sandbox's ports, once all is started.
     *
     * @throws CompletionException if it cannot be
     */
    public PortPublisher ports() {
        network.join();
        return ports;
    }

    /** The card, for a slot of the machine. */
    public NetDevice device() {
        return device;
    }

    /** What the guest's agent is told: addresses, gateways and the name server. */
    public String kernelParameters() {
        String gateway = who.gatewayInetAddress().getHostAddress();
        return "jsbx.net="
                + who.guestInetAddress().getHostAddress()
                + "/"
                + who.prefixLength()
                + ","
                + gateway
                + " jsbx.net6="
                + who.guestInet6Address().getHostAddress()
                + "/64,"
                + who.gatewayInet6Address().getHostAddress()
                + " jsbx.dns="
                + gateway;
    }

    @Override
    public void close() {
        device.close();
        network.thenAccept(GuestNetwork::close);
    }

    private final class Behind implements NetBackend {
        @Override
        public void attached(NetPort port) {
            try {
                network.join().backend().attached(port);
            } catch (CompletionException e) {
                throw new IllegalStateException("the network did not start", e);
            }
        }

        @Override
        public void detached() {
            if (network.isDone() && !network.isCompletedExceptionally()) {
                network.join().backend().detached();
            }
        }
    }
}

package dev.jsbx.cli.net;

import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.policy.Mode;
import dev.jsbx.virtio.net.NetBackend;
import dev.jsbx.virtio.net.NetDevice;
import dev.jsbx.virtio.net.NetPort;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A guest's network card with all that is behind it. The stack starts on a thread of its own, while
 * the guest boots; a driver that is ready first waits for it.
 */
public final class NetworkCard implements AutoCloseable {
    /**
     * The largest IP packet on the guest's wire; segments larger than that pass as one all the
     * same.
     */
    public static final int MTU = 1500;

    private static final byte[] MAC = {0x52, 0x54, 0, 0, 0, 2};

    private final Addressing who = Addressing.standard();
    private final CompletableFuture<GuestNetwork> network = new CompletableFuture<>();
    private final CompletableFuture<Void> failed = new CompletableFuture<>();
    private final NetDevice device = new NetDevice(new Behind(), MAC, MTU, GuestLink.FEATURES);

    private NetworkCard() {}

    /**
     * Makes the card and begins to start what is behind it.
     *
     * @param mode in place of the policy's own
     */
    public static NetworkCard start(String sandbox, Optional<Mode> mode) {
        NetworkCard card = new NetworkCard();
        Thread.ofPlatform()
                .name("network-start")
                .daemon()
                .start(
                        () -> {
                            try {
                                card.network.complete(
                                        GuestNetwork.start(sandbox, mode, card.who, MTU));
                            } catch (RuntimeException e) {
                                // Without policy or audit log the card stays a wire to nowhere.
                                card.network.completeExceptionally(e);
                                card.failed.completeExceptionally(e);
                            }
                        });
        return card;
    }

    /** Completes, exceptionally, if what is behind the card cannot be started. */
    public CompletableFuture<Void> failed() {
        return failed;
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

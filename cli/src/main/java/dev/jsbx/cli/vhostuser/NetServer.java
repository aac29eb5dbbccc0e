package dev.jsbx.cli.vhostuser;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.net.NetworkCard;
import dev.jsbx.cli.net.NetworkSpec;
import dev.jsbx.cli.sandbox.PublishedPort;
import dev.jsbx.virtio.vhostuser.VhostUserServer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** A network card at a Unix socket, with stack, policy and audit log behind it. */
public final class NetServer implements AutoCloseable {
    private final NetworkCard card;
    private final VhostUserServer server;

    private NetServer(NetworkCard card, VhostUserServer server) {
        this.card = card;
        this.server = server;
    }

    /**
     * Begins to serve.
     *
     * @param ports of the host behind which the guest answers
     * @param log told in one line what went wrong with a front-end or its guest, from any thread
     * @throws Failure if the network cannot be started or the socket not be bound; then nothing has
     *     been
     */
    public static NetServer start(
            NetworkSpec network, Path socket, List<PublishedPort> ports, Consumer<String> log) {
        DeviceSocket.refuseUnprintable("the socket", socket);
        NetworkCard card = NetworkCard.start(network, ports);
        try {
            card.ports().list().forEach(port -> log.accept("published " + port.text()));
            return new NetServer(card, DeviceSocket.listen(socket, card.device(), log));
        } catch (CompletionException e) {
            throw e.getCause() instanceof Failure failure
                    ? Failure.failed(failure.getMessage())
                    : Failure.failed("the network cannot be started: " + e.getCause());
        } catch (Failure e) {
            card.close();
            throw e;
        }
    }

    @Override
    public void close() {
        server.close();
        card.close();
    }
}

package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.image.agent.Protocol;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for the guest's agent, which connects to the host as the first thing it does: no polling,
 * and the connection is used for the command at once.
 */
final class Doorbell implements AutoCloseable {
    // The slowest host that was tried, an emulated CPU under load, needs a tenth of it.
    private static final long PATIENCE_SECONDS = 180;

    private final ServerSocketChannel listener;
    private final CompletableFuture<SocketChannel> guest = new CompletableFuture<>();

    /** Listens where the vsock device brings connections to the host's port of the agent. */
    Doorbell(Sandbox sandbox) throws IOException {
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        String name = "vsock_" + Protocol.PORT;
        listener.bind(UnixDomainSocketAddress.of(sandbox.socket(name)), 1);
        Thread.ofPlatform().name("doorbell").daemon().start(this::accept);
    }

    private void accept() {
        try {
            guest.complete(listener.accept());
        } catch (IOException e) {
            guest.completeExceptionally(e);
        }
    }

    /**
     * Waits until the guest connects, or has ended before it did.
     *
     * @throws Failure if it ended
     */
    SocketChannel await(CompletableFuture<MachineEnd> ended) throws InterruptedException {
        try {
            CompletableFuture.anyOf(guest, ended).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (guest.isDone()) {
                return guest.get();
            }
            throw Failure.own(
                    "the guest did not start: "
                            + ended.get().detail()
                            + ": run again with --console to see its kernel's messages");
        } catch (TimeoutException e) {
            throw Failure.own(
                    "the guest's agent did not call within "
                            + PATIENCE_SECONDS
                            + " s: run again with --console to see its kernel's messages");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Failure failure
                    ? failure
                    : Failure.own("waiting for the guest: " + e.getCause().getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            // Nobody connects any more.
        }
    }
}

package dev.jsbx.cli.net;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.PortSpec;
import dev.jsbx.cli.sandbox.PublishedPort;
import dev.jsbx.netstack.host.PublishedPorts;
import dev.jsbx.vmm.linux.Errno;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The ports of the host behind which a sandbox answers, while its VMM process lives; each change is
 * kept for the starts to come. Any thread but the stack's event loop may call.
 */
public final class PortPublisher {
    private final PublishedPorts stack;
    private final PortKeeper keeper;
    private final List<Listener> listeners = new ArrayList<>();

    /**
     * @param wanted with port 0 if any would do
     * @param found with the port that it is
     */
    private record Listener(PublishedPort wanted, PublishedPort found, Channel channel) {}

    PortPublisher(PublishedPorts stack, PortKeeper keeper) {
        this.stack = stack;
        this.keeper = keeper;
    }

    /**
     * Publishes what a sandbox is to have from its start.
     *
     * @throws Failure if one cannot be; then none is
     */
    synchronized void start(List<PublishedPort> ports) {
        try {
            ports.forEach(port -> listeners.add(listen(port)));
            write();
        } catch (IOException e) {
            stop();
            throw unwritten(e);
        } catch (Failure e) {
            stop();
            throw e;
        }
    }

    private void stop() {
        listeners.forEach(PortPublisher::close);
        listeners.clear();
    }

    /**
     * Publishes one more.
     *
     * @return the same, with the host's port if any would do
     * @throws Failure if the port is taken, or what is to be kept cannot be written; then nothing
     *     has changed
     */
    public synchronized PublishedPort publish(PublishedPort port) {
        for (Listener other : listeners) {
            if (other.found.hostText().equals(port.hostText())) {
                throw Failure.failed(
                        "port "
                                + port.hostText()
                                + " is already published: unpublish it first, or choose another");
            }
        }
        Listener listener = listen(port);
        listeners.add(listener);
        try {
            write();
        } catch (IOException e) {
            listeners.remove(listener);
            close(listener);
            throw unwritten(e);
        }
        return listener.found;
    }

    private Listener listen(PublishedPort port) {
        ChannelFuture bound =
                stack.publish(port.protocol(), port.listen(), port.guestPort())
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw Failure.failed("port " + port.hostText() + " " + reason(bound.cause()));
        }
        InetSocketAddress address = (InetSocketAddress) bound.channel().localAddress();
        return new Listener(port, port.at(address.getPort()), bound.channel());
    }

    private static String reason(Throwable cause) {
        return switch (cause instanceof NativeIoException e ? -e.expectedErr() : 0) {
            case Errno.EADDRINUSE -> "is taken by another program: choose another port of the host";
            case Errno.EACCES -> "needs root on this host: choose a port of the host from 1024 on";
            case Errno.EADDRNOTAVAIL -> "is at no address of this host: leave the address out";
            default -> "cannot be published: " + cause.getMessage() + ": choose another";
        };
    }

    /**
     * Takes ports back. Connections that stand go on.
     *
     * @return what was published there
     * @throws Failure if nothing is, or what is to be kept cannot be written; then nothing has
     *     changed
     */
    public synchronized List<PublishedPort> unpublish(PortSpec which) {
        List<Listener> gone =
                listeners.stream().filter(listener -> which.matches(listener.found)).toList();
        if (gone.isEmpty()) {
            throw Failure.failed(which.text() + " is not published: see what is with jsbx ports");
        }
        List<Listener> before = List.copyOf(listeners);
        listeners.removeAll(gone);
        try {
            write();
        } catch (IOException e) {
            listeners.clear();
            listeners.addAll(before);
            throw unwritten(e);
        }
        gone.forEach(PortPublisher::close);
        return gone.stream().map(Listener::found).toList();
    }

    private static void close(Listener listener) {
        listener.channel.close().awaitUninterruptibly();
    }

    private void write() throws IOException {
        keeper.changed(listeners.stream().map(Listener::wanted).toList(), list());
    }

    private static Failure unwritten(IOException e) {
        return Failure.failed(
                "the sandbox's ports cannot be written down: " + e.getMessage() + ": make room");
    }

    /** Where the host listens, in the order of publication. */
    public synchronized List<PublishedPort> list() {
        return listeners.stream().map(Listener::found).toList();
    }
}

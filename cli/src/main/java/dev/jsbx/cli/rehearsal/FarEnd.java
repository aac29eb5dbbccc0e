package dev.jsbx.cli.rehearsal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Whom a guest calls, on the loopback. The first byte of a connection says what for: {@link #ECHO}
 * sends back what comes, {@link #SINK} a byte when nothing more does, {@link #SOURCE} is sent
 * {@link #BULK} bytes.
 */
final class FarEnd implements AutoCloseable {
    // No letters, which might begin an HTTP request and would be held back until it is complete.
    static final int ECHO = 1;
    static final int SINK = 2;
    static final int SOURCE = 3;

    static final int BULK = 256 << 20;
    static final int BLOCK = 128 << 10;

    private final ServerSocket listener;

    private FarEnd(ServerSocket listener) {
        this.listener = listener;
    }

    /** Answers on threads of its own. */
    static FarEnd start() throws IOException {
        ServerSocket listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(() -> accept(listener));
        return new FarEnd(listener);
    }

    int port() {
        return listener.getLocalPort();
    }

    private static void accept(ServerSocket listener) {
        while (!listener.isClosed()) {
            try {
                Socket caller = listener.accept();
                Thread.ofVirtual().start(() -> answer(caller));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private static void answer(Socket caller) {
        try (caller) {
            caller.setTcpNoDelay(true);
            InputStream in = caller.getInputStream();
            OutputStream out = caller.getOutputStream();
            byte[] block = new byte[BLOCK];
            switch (in.read()) {
                case ECHO -> {
                    for (int n = in.read(block); n > 0; n = in.read(block)) {
                        out.write(block, 0, n);
                    }
                }
                case SINK -> {
                    while (in.read(block) >= 0) {
                        // On.
                    }
                    out.write(SINK);
                }
                case SOURCE -> {
                    for (int sent = 0; sent < BULK; sent += BLOCK) {
                        out.write(block);
                    }
                }
                default -> {
                    // Nobody asks for anything else.
                }
            }
        } catch (IOException e) {
            // It has gone.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}

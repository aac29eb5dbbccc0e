package dev.jsbx.cli.rehearsal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/**
 * What guests do: short connections, questions and answers, bulk in both directions. Of each as
 * much as the JVM needs to compile what it takes for good, if it gets there in time.
 */
final class Traffic {
    private static final int CONNECTIONS = 10_000;
    private static final int ROUND_TRIPS = 20_000;
    private static final int STREAMS = 8;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(12);
    private static final long ENOUGH_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final InetSocketAddress address;

    /**
     * @param address that leads through the card to a {@link FarEnd}
     */
    Traffic(InetSocketAddress address) {
        this.address = address;
    }

    /** A connection, used. */
    private interface Use {
        void go(InputStream in, OutputStream out) throws IOException;
    }

    private void connect(Use use) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address);
            socket.setTcpNoDelay(true);
            use.go(socket.getInputStream(), socket.getOutputStream());
        }
    }

    void run() throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        for (int i = 0; i < CONNECTIONS && System.nanoTime() < end; i++) {
            connect(Traffic::ask);
        }
        connect(Traffic::converse);
        for (int i = 0; i < STREAMS; i++) {
            connect(Traffic::upload);
            connect(Traffic::download);
        }
    }

    private static void ask(InputStream in, OutputStream out) throws IOException {
        out.write(new byte[] {FarEnd.ECHO, 1});
        expect(in);
    }

    private static void converse(InputStream in, OutputStream out) throws IOException {
        long end = System.nanoTime() + ENOUGH_NANOS;
        out.write(FarEnd.ECHO);
        for (int i = 0; i < ROUND_TRIPS && System.nanoTime() < end; i++) {
            out.write(i);
            expect(in);
        }
    }

    private static void upload(InputStream in, OutputStream out) throws IOException {
        long end = System.nanoTime() + ENOUGH_NANOS / STREAMS;
        byte[] block = new byte[FarEnd.BLOCK];
        out.write(FarEnd.SINK);
        for (int sent = 0; sent < FarEnd.BULK && System.nanoTime() < end; sent += block.length) {
            out.write(block);
        }
    }

    private static void download(InputStream in, OutputStream out) throws IOException {
        long end = System.nanoTime() + ENOUGH_NANOS / STREAMS;
        byte[] block = new byte[FarEnd.BLOCK];
        out.write(FarEnd.SOURCE);
        while (in.read(block) >= 0 && System.nanoTime() < end) {
            // On.
        }
    }

    private static void expect(InputStream in) throws IOException {
        if (in.read() < 0) {
            throw new EOFException("the connection is over");
        }
    }
}

package dev.jsbx.netstack.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What guests of the tests speak to, on the host's loopback: TCP and UDP on one port. Or the other
 * way round, as a program in the namespace.
 */
final class HostServer implements AutoCloseable {
    /** A datagram of so many bytes is answered by as many. */
    static final int BURST = 77;

    /** How long a slow reader lets the window stay closed. */
    private static final long SLOW_MS = 1500;

    private final ServerSocket tcp;
    private final DatagramSocket udp;

    /** What became of connections that were to be reset. */
    final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    HostServer() throws IOException {
        this(InetAddress.getByName("127.0.0.1"));
    }

    private HostServer(InetAddress address) throws IOException {
        tcp = new ServerSocket(0, 4096, address);
        udp = new DatagramSocket(tcp.getLocalPort(), address);
        Thread.ofPlatform().daemon().start(this::accept);
        Thread.ofPlatform().daemon().start(this::echoDatagrams);
    }

    /**
     * Serves at an address; prints the port, then what becomes of connections that are to be reset,
     * until its input ends.
     */
    public static void main(String[] arguments) throws Exception {
        try (HostServer server = new HostServer(InetAddress.getByName(arguments[0]))) {
            System.out.println(server.port());
            Thread.ofPlatform().daemon().start(server::tell);
            while (System.in.read() >= 0) {
                // Until the end of input.
            }
        }
    }

    private void tell() {
        try {
            while (true) {
                System.out.println(seen.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    int port() {
        return tcp.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket s = tcp.accept();
                Thread.ofVirtual().start(() -> serve(s));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket s) {
        try (s) {
            InputStream in = s.getInputStream();
            switch (in.read()) {
                case 'U' -> digest(s);
                case 'W' -> {
                    Thread.sleep(SLOW_MS);
                    digest(s);
                }
                case 'D' -> send(s);
                case 'E' -> in.transferTo(s.getOutputStream());
                case 'X' -> expectReset(s);
                case 'R' -> s.setSoLinger(true, 0);
                case 'G' -> in.transferTo(OutputStream.nullOutputStream()); // GET: no answer ever
                default -> {
                    // Nothing was asked for.
                }
            }
        } catch (Exception e) {
            seen.add(String.valueOf(e.getMessage()));
        }
    }

    private static void digest(Socket s) throws Exception {
        String digest = GuestMain.digest(s.getInputStream().readAllBytes());
        s.getOutputStream().write(digest.getBytes(StandardCharsets.US_ASCII));
    }

    private static void send(Socket s) throws IOException {
        Scanner request = new Scanner(s.getInputStream(), StandardCharsets.US_ASCII);
        int n = request.nextInt();
        s.getOutputStream().write(GuestMain.content(n, request.nextLong()));
    }

    private void expectReset(Socket s) throws IOException {
        s.getOutputStream().write('h');
        seen.add("read " + s.getInputStream().read());
    }

    private void echoDatagrams() {
        try {
            DatagramPacket p = new DatagramPacket(new byte[65535], 65535);
            while (true) {
                p.setLength(65535);
                udp.receive(p);
                udp.send(p);
                for (int i = 1; i < p.getLength() && p.getLength() == BURST; i++) {
                    udp.send(p); // as one would stream
                }
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    @Override
    public void close() throws IOException {
        tcp.close();
        udp.close();
    }
}

package dev.jsbx.netstack.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What runs in the namespace: clients of {@link HostServer}. Prints one line, exits 0 if all is
 * well.
 */
public final class GuestMain {
    private static final int TIMEOUT_MS = 120_000;

    private GuestMain() {}

    public static void main(String[] a) throws Exception {
        System.out.println(run(a));
    }

    /** Does what the words say, from wherever it is called. */
    static String run(String... a) throws Exception {
        InetSocketAddress to =
                new InetSocketAddress(InetAddress.getByName(a[1]), Integer.parseInt(a[2]));
        return switch (a[0]) {
            case "upload" -> upload(to, Integer.parseInt(a[3]), Long.parseLong(a[4]), 0);
            case "slow-upload" -> upload(to, Integer.parseInt(a[3]), Long.parseLong(a[4]), 1);
            case "download" -> download(to, Integer.parseInt(a[3]), Long.parseLong(a[4]), 0);
            case "slow-download" ->
                    download(to, Integer.parseInt(a[3]), Long.parseLong(a[4]), 1500);
            case "parallel" -> parallel(to, Integer.parseInt(a[3]));
            case "reset" -> reset(to);
            case "be-reset" -> failure(to, "R");
            case "connect" -> failure(to, "");
            case "udp" -> udp(to, Integer.parseInt(a[3]));
            case "burst" -> burst(to);
            default -> throw new IllegalArgumentException(a[0]);
        };
    }

    private static Socket connect(InetSocketAddress to) throws IOException {
        Socket s = new Socket();
        s.connect(to, TIMEOUT_MS);
        s.setSoTimeout(TIMEOUT_MS);
        return s;
    }

    static byte[] content(int n, long seed) {
        byte[] bytes = new byte[n];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static String digest(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** Sends, closes its output, and gets the server's digest over the half that is still open. */
    private static String upload(InetSocketAddress to, int n, long seed, int slow)
            throws Exception {
        byte[] bytes = content(n, seed);
        try (Socket s = connect(to)) {
            OutputStream out = s.getOutputStream();
            out.write((slow > 0 ? "W" : "U").getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
            s.shutdownOutput();
            String said = new String(s.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return said.equals(digest(bytes)) ? "ok" : "digest " + said;
        }
    }

    private static String download(InetSocketAddress to, int n, long seed, int waitMs)
            throws Exception {
        try (Socket s = connect(to)) {
            String request = "D" + n + " " + seed + "\n";
            s.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            Thread.sleep(waitMs);
            byte[] got = s.getInputStream().readAllBytes();
            return digest(got).equals(digest(content(n, seed))) ? "ok" : got.length + " bytes";
        }
    }

    private static String parallel(InetSocketAddress to, int n) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            sockets.add(connect(to));
        }
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                Socket s = sockets.get(i);
                byte[] bytes = content(10_000, i);
                results.add(pool.submit(() -> echo(s, bytes)));
            }
            int good = 0;
            for (Future<Boolean> r : results) {
                good += r.get() ? 1 : 0;
            }
            return good == n ? "ok" : good + " of " + n;
        }
    }

    private static boolean echo(Socket s, byte[] bytes) throws IOException {
        try (s) {
            s.getOutputStream().write('E');
            s.getOutputStream().write(bytes);
            s.shutdownOutput();
            return java.util.Arrays.equals(s.getInputStream().readAllBytes(), bytes);
        }
    }

    private static String reset(InetSocketAddress to) throws IOException {
        Socket s = connect(to);
        s.getOutputStream().write('X');
        int hello = s.getInputStream().read();
        s.setSoLinger(true, 0);
        s.close();
        return hello == 'h' ? "ok" : "read " + hello;
    }

    /** Connects and says what goes wrong then. */
    private static String failure(InetSocketAddress to, String request) {
        try (Socket s = new Socket()) {
            s.connect(to, 3000);
            s.setSoTimeout(10_000);
            s.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = s.getInputStream();
            return "read " + in.read();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String udp(InetSocketAddress to, int n) throws IOException {
        try (DatagramSocket s = new DatagramSocket()) {
            s.connect(to);
            s.setSoTimeout(10_000);
            byte[] bytes = content(n, n);
            s.send(new DatagramPacket(bytes, n));
            DatagramPacket reply = new DatagramPacket(new byte[65535], 65535);
            s.receive(reply);
            byte[] got = java.util.Arrays.copyOf(reply.getData(), reply.getLength());
            return java.util.Arrays.equals(got, bytes) ? "ok" : reply.getLength() + " bytes";
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Asks for a burst of datagrams, and counts those that come as they were sent. */
    private static String burst(InetSocketAddress to) throws IOException {
        try (DatagramSocket s = new DatagramSocket()) {
            s.connect(to);
            s.setSoTimeout(10_000);
            byte[] bytes = content(HostServer.BURST, 1);
            s.send(new DatagramPacket(bytes, bytes.length));
            DatagramPacket reply = new DatagramPacket(new byte[65535], 65535);
            int good = 0;
            for (int i = 0; i < HostServer.BURST; i++) {
                s.receive(reply);
                byte[] got = java.util.Arrays.copyOf(reply.getData(), reply.getLength());
                good += java.util.Arrays.equals(got, bytes) ? 1 : 0;
            }
            return good + " good";
        }
    }
}

package dev.jsbx.cli.proxy;

import dev.jsbx.netstack.tls.CertificateAuthority.Leaf;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server on loopback that sees a connection's bytes as they are. */
final class RawServer implements AutoCloseable {
    /** What is done with a connection. */
    interface Talk {
        void with(InputStream in, OutputStream out) throws Exception;
    }

    /** The heads of the requests it got, by {@link #head}. */
    final List<String> heads = new CopyOnWriteArrayList<>();

    /** How many connections it has accepted. */
    final AtomicInteger connections = new AtomicInteger();

    private final ServerSocket socket;
    private final Talk talk;

    private RawServer(ServerSocket socket, Talk talk) {
        this.socket = socket;
        this.talk = talk;
        Thread.ofVirtual().start(this::accept);
    }

    static RawServer tls(Leaf leaf, Talk talk) throws Exception {
        return new RawServer(
                context(leaf)
                        .getServerSocketFactory()
                        .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                talk);
    }

    static RawServer plain(Talk talk) throws IOException {
        return new RawServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), talk);
    }

    static SSLContext context(Leaf leaf) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry(
                "leaf", leaf.key(), new char[0], leaf.chain().toArray(new X509Certificate[0]));
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setSoTimeout(ProxyUnderTest.TIMEOUT_MS);
            talk.with(
                    new BufferedInputStream(connection.getInputStream()),
                    connection.getOutputStream());
        } catch (Exception e) {
            // The other side saw it.
        }
    }

    /** Reads a head up to and with the empty line; empty at the end of input. */
    String head(InputStream in) throws IOException {
        String head = readHead(in);
        if (!head.isEmpty()) {
            heads.add(head);
        }
        return head;
    }

    static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (true) {
            int b = in.read();
            if (b < 0) {
                return out.toString(StandardCharsets.ISO_8859_1);
            }
            out.write(b);
            if (b == '\n' && out.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                return out.toString(StandardCharsets.ISO_8859_1);
            }
        }
    }

    /** A header's value; null if there is none. */
    static String header(String head, String name) {
        for (String line : head.split("\r\n")) {
            if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
                return line.substring(name.length() + 1).strip();
            }
        }
        return null;
    }

    /** Reads the body that a head announces, chunks put together. */
    static byte[] body(InputStream in, String head) throws IOException {
        String length = header(head, "content-length");
        if (length != null) {
            return in.readNBytes(Integer.parseInt(length));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if ("chunked".equals(header(head, "transfer-encoding"))) {
            while (true) {
                int size = Integer.parseInt(line(in), 16);
                if (size == 0) {
                    line(in);
                    break;
                }
                out.write(in.readNBytes(size));
                line(in);
            }
        }
        return out.toByteArray();
    }

    static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    static void ok(OutputStream out, String body) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

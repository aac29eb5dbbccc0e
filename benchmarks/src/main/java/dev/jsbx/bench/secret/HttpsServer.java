package dev.jsbx.bench.secret;

import dev.jsbx.netstack.tls.CertificateAuthority;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLServerSocket;

/**
 * A server for HTTP/1.1 over TLS on loopback, a thread for each connection. {@code GET /N} is
 * answered by N bytes, a body that is sent is thrown away. A process of its own; its first line of
 * output is its port.
 */
final class HttpsServer {
    /** The host that a secret is for. */
    static final String BOUND = "api.example.com";

    /** A host that none is for. */
    static final String FREE = "www.example.org";

    private static final int PIECE = 64 << 10;

    private HttpsServer() {}

    /**
     * @param args directory of the authority that signs the server's certificate
     */
    public static void main(String[] args) throws Exception {
        Served.endWithStarter();
        CertificateAuthority authority =
                CertificateAuthority.load(Path.of(args[0]), List.of(BOUND));
        ServerSocket listener =
                Tls.server(authority.sign(BOUND))
                        .getServerSocketFactory()
                        .createServerSocket(0, 200, InetAddress.getLoopbackAddress());
        // As small as with OpenSSL's servers: one ticket less to write per connection.
        ((SSLServerSocket) listener).setEnabledProtocols(new String[] {"TLSv1.3"});
        System.out.println(listener.getLocalPort());
        while (true) {
            Socket connection = listener.accept();
            Thread.ofPlatform().daemon().start(() -> serve(connection));
        }
    }

    private static void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(connection.getInputStream(), PIECE);
            OutputStream out = connection.getOutputStream();
            byte[] piece = new byte[PIECE];
            for (String head = Head.read(in); !head.isEmpty(); head = Head.read(in)) {
                in.skipNBytes(Head.length(head));
                answer(
                        out,
                        Long.parseLong(head.substring(head.indexOf('/') + 1).split(" ")[0]),
                        piece);
            }
        } catch (IOException e) {
            // The client is gone.
        }
    }

    private static void answer(OutputStream out, long size, byte[] piece) throws IOException {
        String head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                        + "Server: bench\r\nContent-Length: %d\r\n\r\n".formatted(size);
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        for (long left = size; left > 0; left -= piece.length) {
            out.write(piece, 0, (int) Math.min(left, piece.length));
        }
        out.flush();
    }
}

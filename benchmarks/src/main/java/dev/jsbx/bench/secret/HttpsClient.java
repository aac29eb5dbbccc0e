package dev.jsbx.bench.secret;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** One connection of HTTP/1.1 over TLS to a port on loopback, kept alive. */
final class HttpsClient implements AutoCloseable {
    private static final int TIMEOUT_MS = 60_000;
    private static final int PIECE = 64 << 10;

    private final SSLSocket socket;
    private final String authority;
    private final InputStream in;
    private final OutputStream out;

    /**
     * @param host to name in TLS
     * @param port to connect to
     * @param server the port that requests are for
     */
    HttpsClient(SSLContext context, String host, int port, int server) throws IOException {
        authority = host + ":" + server;
        socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(host)));
        socket.setSSLParameters(parameters);
        in = new BufferedInputStream(socket.getInputStream(), PIECE);
        out = socket.getOutputStream();
    }

    /** Asks for a body of some bytes and reads it. */
    void get(long bytes) throws IOException {
        send("GET /" + bytes + " HTTP/1.1\r\n", "");
        finish();
    }

    /** Sends a body of some bytes. */
    void post(long bytes) throws IOException {
        send("POST /0 HTTP/1.1\r\n", "Content-Length: " + bytes + "\r\n");
        byte[] piece = new byte[PIECE];
        for (long left = bytes; left > 0; left -= PIECE) {
            out.write(piece, 0, (int) Math.min(left, PIECE));
        }
        finish();
    }

    private void send(String first, String rest) throws IOException {
        String head =
                first
                        + "Host: "
                        + authority
                        + "\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\n"
                        + "Accept-Language: en\r\nX-Api-Key: placeholder\r\n"
                        + rest
                        + "\r\n";
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private void finish() throws IOException {
        String head = Head.read(in);
        if (!head.startsWith("HTTP/1.1 200 ")) {
            throw new IOException("answered by " + head.lines().findFirst().orElse("nothing"));
        }
        in.skipNBytes(Head.length(head));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

package dev.jsbx.cli.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.Executors;

/**
 * What {@code network-suite.py} speaks to, on the host's loopback: a web server, and on another
 * port an echo of plain TCP (behind a 0) and of WebSocket messages.
 */
final class SuiteServers implements AutoCloseable {
    private static final int BIG = 20_000_000;
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 §1.3
    private static final int BINARY = 0x82;
    private static final int LONG = 126;

    private final HttpServer web;
    private final ServerSocket echo;
    private final byte[] big = new byte[BIG];

    /**
     * @param repositories a directory of bare repositories, for clients that ask for files
     */
    SuiteServers(Path repositories) throws IOException {
        new Random(7).nextBytes(big);
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        web = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        web.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        web.createContext("/big", exchange -> answer(exchange, big));
        web.createContext("/big.sha256", exchange -> answer(exchange, ascii(digest(big))));
        web.createContext(
                "/digest",
                exchange -> {
                    String digest = digest(exchange.getRequestBody().readAllBytes());
                    answer(exchange, ascii(digest));
                });
        web.createContext("/git/", SimpleFileServer.createFileHandler(repositories));
        web.start();
        echo = new ServerSocket(0, 4096, loopback);
        Thread.ofPlatform().daemon().start(this::accept);
    }

    int webPort() {
        return web.getAddress().getPort();
    }

    int echoPort() {
        return echo.getLocalPort();
    }

    private static void answer(HttpExchange exchange, byte[] body) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hash(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String digest(byte[] bytes) {
        return HexFormat.of().formatHex(hash("SHA-256", bytes));
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = echo.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The check is over.
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            int first = in.read();
            if (first == 0) {
                in.transferTo(socket.getOutputStream());
            } else if (first == 'G') {
                webSocket(new DataInputStream(in), socket.getOutputStream());
            }
        } catch (IOException e) {
            // The guest's side tells.
        }
    }

    private static void webSocket(DataInputStream in, OutputStream out) throws IOException {
        String key = "";
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            if (line.startsWith("Sec-WebSocket-Key: ")) {
                key = line.substring("Sec-WebSocket-Key: ".length());
            }
        }
        String accept = Base64.getEncoder().encodeToString(hash("SHA-1", ascii(key + GUID)));
        out.write(
                ascii(
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                + "Connection: Upgrade\r\nSec-WebSocket-Accept: "
                                + accept
                                + "\r\n\r\n"));
        while (in.read() == BINARY) {
            int length = in.read() & 0x7f;
            byte[] head = {(byte) BINARY, (byte) length};
            out.write(head);
            if (length == LONG) {
                length = in.readUnsignedShort();
                out.write(length >> 8);
                out.write(length);
            }
            byte[] mask = in.readNBytes(4);
            byte[] data = in.readNBytes(length);
            for (int i = 0; i < length; i++) {
                data[i] ^= mask[i % 4];
            }
            out.write(data);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        web.stop(0);
        echo.close();
    }
}

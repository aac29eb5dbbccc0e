package dev.jsbx.netstack.sniff;

import dev.jsbx.netstack.policy.Decision;
import java.nio.charset.StandardCharsets;

/** What a guest's plain HTTP client reads when it is refused. */
public final class HttpRefusal {
    private HttpRefusal() {}

    /** The one line: what was blocked, the rule and the reason. */
    public static String line(Decision decision, String host, int port) {
        return "Blocked by network policy: "
                + host
                + ':'
                + port
                + ": "
                + decision.rule()
                + ": "
                + decision.reason();
    }

    /**
     * A whole response, after which the connection is closed.
     *
     * @param host in the form of {@link dev.jsbx.netstack.policy.HostName}, or an address
     */
    public static byte[] response(Decision decision, String host, int port) {
        byte[] body = (line(decision, host, port) + '\n').getBytes(StandardCharsets.UTF_8);
        byte[] head =
                ("HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\n"
                                + "Content-Length: "
                                + body.length
                                + "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[head.length + body.length];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return whole;
    }
}

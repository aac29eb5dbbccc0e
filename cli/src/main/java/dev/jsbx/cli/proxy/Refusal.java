package dev.jsbx.cli.proxy;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;

/**
 * Why a request goes no further, as the guest reads it.
 *
 * @param status of HTTP
 * @param line in words, without a secret and without line ends
 */
record Refusal(int status, String line) {
    static Refusal badRequest(String why) {
        return new Refusal(400, "jsbx: the request is refused: " + why);
    }

    static Refusal forbidden(String why) {
        return new Refusal(403, "jsbx: the request is refused: " + why);
    }

    static Refusal badGateway(String host, String why) {
        return new Refusal(502, "jsbx: " + host + ": " + why);
    }

    /** Of a request whose preparation failed: as it says, or as nobody else needs to know. */
    static Refusal of(Throwable error) {
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        return cause instanceof Refused refused
                ? refused.refusal()
                : new Refusal(503, "jsbx: the request is refused: the proxy failed");
    }

    byte[] page() {
        return (line + '\n').getBytes(StandardCharsets.UTF_8);
    }

    String reason() {
        return switch (status) {
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 405 -> "Method Not Allowed";
            case 413 -> "Content Too Large";
            case 415 -> "Unsupported Media Type";
            case 421 -> "Misdirected Request";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            default -> "Service Unavailable";
        };
    }
}

package dev.jsbx.netstack.policy;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * What a user asks about: a host and a port.
 *
 * @param host name or address
 * @param port 1 to 65535
 */
public record Target(Host host, int port) {
    private static final String ACCEPTED =
            "accepted are example.com, example.com:443, 192.0.2.7:22, [2001:db8::1]:443 and URLs";
    private static final int HTTPS = 443;

    /**
     * Reads a host, a host with port, or a URL; port 443 if it says none.
     *
     * @throws PolicySyntaxException naming the accepted forms
     */
    public static Target parse(String given) {
        String text = given.strip();
        try {
            return text.contains("://") ? url(text) : plain(text);
        } catch (IllegalArgumentException | URISyntaxException e) {
            throw new PolicySyntaxException(
                    "\"" + ResourceSyntax.printable(given) + "\" is no target: " + ACCEPTED, e);
        }
    }

    private static Target url(String text) throws URISyntaxException {
        URI uri = new URI(text);
        if (uri.getRawAuthority() == null) {
            throw new IllegalArgumentException("no host");
        }
        String authority = uri.getRawAuthority();
        String hostAndPort = authority.substring(authority.lastIndexOf('@') + 1);
        int usual =
                switch (uri.getScheme().toLowerCase(Locale.ROOT)) {
                    case "http", "ws" -> 80;
                    case "ssh" -> 22;
                    case "git" -> 9418;
                    default -> HTTPS;
                };
        return parse(hostAndPort, usual);
    }

    private static Target plain(String text) {
        return parse(text, HTTPS);
    }

    private static Target parse(String text, int usualPort) {
        int colon = text.lastIndexOf(':');
        boolean bare = text.indexOf(':') != colon && !text.startsWith("[");
        if (colon < 0 || bare || text.endsWith("]")) {
            return new Target(host(text), usualPort);
        }
        int port = Integer.parseInt(text.substring(colon + 1));
        if (port < 1 || port > 0xffff) {
            throw new IllegalArgumentException("no port");
        }
        return new Target(host(text.substring(0, colon)), port);
    }

    private static Host host(String text) {
        if (text.indexOf(':') >= 0 && !text.startsWith("[")) {
            return host('[' + text + ']');
        }
        Optional<Host> host = Host.fromWire(text);
        return host.orElseGet(() -> new Host.Name(HostName.fromUser(text)));
    }

    /** What the rules see: all names of the host are {@code localhost}. */
    public Optional<String> name() {
        return host instanceof Host.Name name
                ? Optional.of(HostName.canonical(name.text()))
                : Optional.empty();
    }

    /** {@code HOST:PORT}. */
    @Override
    public String toString() {
        String text = host.toString();
        return (text.indexOf(':') >= 0 ? "[" + text + "]" : text) + ":" + port;
    }
}

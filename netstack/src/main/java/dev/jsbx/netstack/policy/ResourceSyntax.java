package dev.jsbx.netstack.policy;

import dev.jsbx.netstack.policy.Resource.Kind;
import java.util.regex.Pattern;

/** Reads resources of rules, and says of what is none why. */
final class ResourceSyntax {
    static final String ACCEPTED =
            "accepted are example.com, *.example.com (one label), **.example.com (any depth),"
                    + " 192.0.2.7, 10.0.0.0/8, 2001:db8::/32, [2001:db8::1], localhost and *,"
                    + " each with :PORT if need be";

    private static final int MAX_TEXT = 300;
    private static final Pattern PORT = Pattern.compile("[0-9]{1,9}");

    private ResourceSyntax() {}

    static Resource parse(String given) {
        String text = given.strip();
        if (text.isEmpty()) {
            throw refused(given, "it is empty");
        }
        if (text.length() > MAX_TEXT) {
            throw refused(text.substring(0, 40) + "…", "it is too long");
        }
        if (text.contains("://")) {
            throw refused(given, "a rule names a host, not a URL");
        }
        try {
            return text.startsWith("[") ? bracketed(text) : plain(text);
        } catch (PolicySyntaxException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw refused(given, e.getMessage());
        }
    }

    // [2001:db8::1]:443 and [2001:db8::/32]:443
    private static Resource bracketed(String text) {
        int end = text.indexOf(']');
        if (end < 0 || text.indexOf(':') > end) {
            throw new IllegalArgumentException("brackets are for IPv6 addresses");
        }
        String rest = text.substring(end + 1);
        if (!rest.isEmpty() && rest.charAt(0) != ':') {
            throw new IllegalArgumentException("only :PORT may follow the bracket");
        }
        Cidr block = Cidr.parse(text.substring(1, end));
        return address(block, rest.isEmpty() ? Resource.ANY_PORT : port(rest.substring(1)));
    }

    private static Resource plain(String text) {
        int colon = text.indexOf(':');
        if (colon >= 0 && colon != text.lastIndexOf(':')) {
            return address(Cidr.parse(text), Resource.ANY_PORT); // IPv6 without brackets
        }
        String host = colon < 0 ? text : text.substring(0, colon);
        int port = colon < 0 ? Resource.ANY_PORT : port(text.substring(colon + 1));
        if (host.isEmpty()) {
            throw new IllegalArgumentException("it has a port but no host");
        }
        if (host.equals("*") || host.equals("**")) {
            return new Resource(Kind.ANY, "", null, port);
        }
        if (host.startsWith("**.")) {
            return wildcard(Kind.ANY_DEPTH, host.substring(3), port);
        }
        if (host.startsWith("*.")) {
            return wildcard(Kind.ONE_LABEL, host.substring(2), port);
        }
        if (host.indexOf('*') >= 0) {
            throw new IllegalArgumentException("a wildcard stands for whole labels at the start");
        }
        return host.indexOf('/') >= 0 ? block(host, port) : hostOrAddress(host, port);
    }

    private static Resource wildcard(Kind kind, String text, int port) {
        if (text.indexOf('*') >= 0) {
            throw new IllegalArgumentException("only one wildcard may stand, at the start");
        }
        if (Ip.parseLenient(text) != null) {
            throw new IllegalArgumentException("a wildcard cannot stand before an address");
        }
        String name = HostName.fromUser(text);
        if (name.equals(HostName.LOCALHOST)) {
            throw new IllegalArgumentException("localhost has no names below it");
        }
        return new Resource(kind, name, null, port);
    }

    private static Resource block(String host, int port) {
        if (!Character.isDigit(host.charAt(0))) {
            throw new IllegalArgumentException("a rule has no path");
        }
        return address(Cidr.parse(host), port);
    }

    private static Resource hostOrAddress(String host, int port) {
        Ip ip = Ip.parse(host);
        if (ip != null) {
            return address(Cidr.of(ip), port);
        }
        Ip meant = Ip.parseLenient(host);
        if (meant != null) {
            throw new IllegalArgumentException("programs take it for " + meant + ", write that");
        }
        return new Resource(Kind.HOST, HostName.fromUser(host), null, port);
    }

    private static Resource address(Cidr block, int port) {
        return new Resource(Kind.ADDRESS, "", block, port);
    }

    private static int port(String text) {
        if (text.equals("*")) {
            throw new IllegalArgumentException("every port is meant when none is written");
        }
        int port = PORT.matcher(text).matches() ? Integer.parseInt(text) : -1;
        if (port < 1 || port > 0xffff) {
            throw new IllegalArgumentException("the port is not 1 to 65535");
        }
        return port;
    }

    private static PolicySyntaxException refused(String text, String why) {
        return new PolicySyntaxException(
                "\"" + printable(text) + "\" is no resource: " + why + "; " + ACCEPTED);
    }

    /** The text without what could move a terminal's cursor. */
    static String printable(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints()
                .map(
                        c ->
                                Character.isISOControl(c)
                                                || Character.getType(c) == Character.FORMAT
                                        ? '?'
                                        : c)
                .forEach(safe::appendCodePoint);
        return safe.toString();
    }
}

package dev.jsbx.netstack.policy;

/**
 * What a rule speaks of. Its text is canonical: two resources are equal if, and only if, they are
 * written the same.
 *
 * @param kind how {@code name} and {@code block} are meant
 * @param name the host, or what follows the wildcard; empty for {@link Kind#ADDRESS} and {@link
 *     Kind#ANY}
 * @param block the addresses; null but for {@link Kind#ADDRESS}
 * @param port 1 to 65535, or {@link #ANY_PORT}
 */
public record Resource(Kind kind, String name, Cidr block, int port) {
    public static final int ANY_PORT = 0;

    /** Kinds from the most to the least specific. */
    public enum Kind {
        /** {@code example.com}. */
        HOST,
        /** {@code *.example.com}: exactly one label more. */
        ONE_LABEL,
        /** {@code **.example.com}: one label or several more. */
        ANY_DEPTH,
        /** An address or a block of them. */
        ADDRESS,
        /** Everything. */
        ANY
    }

    /**
     * Reads what a user wrote.
     *
     * @throws PolicySyntaxException naming the text, what is wrong and the accepted forms
     */
    public static Resource parse(String text) {
        return ResourceSyntax.parse(text);
    }

    /** Whether it covers a connection. */
    boolean matches(String host, Ip address, int toPort) {
        if (port != ANY_PORT && port != toPort) {
            return false;
        }
        return switch (kind) {
            case HOST -> name.equals(host);
            case ONE_LABEL -> isBelow(host) && host.indexOf('.') == prefixLength(host);
            case ANY_DEPTH -> isBelow(host);
            case ADDRESS -> address != null && block.contains(address.high(), address.low());
            case ANY -> true;
        };
    }

    private boolean isBelow(String host) {
        return host != null
                && prefixLength(host) > 0
                && host.endsWith(name)
                && host.charAt(prefixLength(host)) == '.';
    }

    private int prefixLength(String host) {
        return host.length() - name.length() - 1;
    }

    /**
     * How much more this says than another resource that matches the same connection: positive if
     * this is the more specific one. Names come before addresses, longer wildcards before shorter
     * ones, longer prefixes before shorter ones, {@code *} last, and with a port before without.
     */
    int compareSpecificity(Resource other) {
        int byKind = Integer.compare(rank(other), rank(this));
        if (byKind != 0) {
            return byKind;
        }
        int byLength =
                switch (kind) {
                    case HOST, ANY -> 0;
                    case ONE_LABEL, ANY_DEPTH -> name.length() - other.name.length();
                    case ADDRESS -> block.bits() - other.block.bits();
                };
        if (byLength != 0) {
            return byLength;
        }
        int byDepth = other.kind.compareTo(kind);
        return byDepth != 0 ? byDepth : Boolean.compare(port != ANY_PORT, other.port != ANY_PORT);
    }

    // Both wildcards rank the same: among them the longer one wins, whichever kind it is.
    private static int rank(Resource resource) {
        return resource.kind == Kind.ONE_LABEL ? Kind.ANY_DEPTH.ordinal() : resource.kind.ordinal();
    }

    @Override
    public String toString() {
        String host =
                switch (kind) {
                    case HOST -> name;
                    case ONE_LABEL -> "*." + name;
                    case ANY_DEPTH -> "**." + name;
                    case ADDRESS -> block.toString();
                    case ANY -> "*";
                };
        if (port == ANY_PORT) {
            return host;
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}

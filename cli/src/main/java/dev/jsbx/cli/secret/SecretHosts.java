package dev.jsbx.cli.secret;

import com.google.common.net.InternetDomainName;
import java.util.Locale;
import java.util.regex.Pattern;

/** Patterns of hosts that may receive a secret. */
public final class SecretHosts {
    private static final Pattern LABELS =
            Pattern.compile(
                    "[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*");

    private SecretHosts() {}

    /**
     * Checks a pattern and writes it in one form: lower case, no trailing dot.
     *
     * @throws IllegalArgumentException naming the accepted forms, above all for patterns so wide
     *     that a stranger could own a host they match
     */
    public static String parse(String pattern) {
        String text = pattern.strip().toLowerCase(Locale.ROOT);
        String port = "";
        int colon = text.lastIndexOf(':');
        if (colon >= 0) {
            port = text.substring(colon);
            text = text.substring(0, colon);
            checkPort(pattern, port.substring(1));
        }
        if (text.endsWith(".")) {
            text = text.substring(0, text.length() - 1);
        }
        String wild = text.startsWith("**.") ? "**." : text.startsWith("*.") ? "*." : "";
        String name = text.substring(wild.length());
        if (!LABELS.matcher(name).matches() || name.length() > 253) {
            throw refused(pattern);
        }
        if (isAddress(name)) {
            throw new IllegalArgumentException(
                    "\""
                            + pattern
                            + "\" is an address, and anybody may get to have it; use a name");
        }
        if (!wild.isEmpty() && isPublic(name)) {
            throw new IllegalArgumentException(
                    "\""
                            + pattern
                            + "\" would match hosts of strangers, as anybody may have a name below "
                            + name
                            + "; put your own before it");
        }
        return wild + name + port;
    }

    private static boolean isAddress(String name) {
        return name.substring(name.lastIndexOf('.') + 1).chars().allMatch(Character::isDigit);
    }

    // A top-level domain, or another suffix below which names are sold or given away: co.uk,
    // github.io.
    private static boolean isPublic(String name) {
        return name.indexOf('.') < 0
                || InternetDomainName.isValid(name)
                        && InternetDomainName.from(name).isPublicSuffix();
    }

    /**
     * The domain that a certificate needs for what a parsed pattern covers: its name without
     * wildcards and port.
     */
    public static String domain(String pattern) {
        int colon = pattern.lastIndexOf(':');
        String name = colon < 0 ? pattern : pattern.substring(0, colon);
        return name.substring(name.startsWith("**.") ? 3 : name.startsWith("*.") ? 2 : 0);
    }

    private static void checkPort(String pattern, String port) {
        try {
            int number = Integer.parseInt(port);
            if (number < 1 || number > 65535) {
                throw refused(pattern);
            }
        } catch (NumberFormatException e) {
            throw refused(pattern);
        }
    }

    private static IllegalArgumentException refused(String pattern) {
        return new IllegalArgumentException(
                "\""
                        + pattern
                        + "\" is no host for a secret; use api.example.com, *.example.com (one"
                        + " label), **.example.com (any depth), each with :PORT if it is not 443");
    }

    /** Whether a parsed pattern covers a host, given in lower case without trailing dot. */
    public static boolean matches(String pattern, String host, int port) {
        int colon = pattern.lastIndexOf(':');
        int wanted = colon < 0 ? 443 : Integer.parseInt(pattern.substring(colon + 1));
        String name = colon < 0 ? pattern : pattern.substring(0, colon);
        if (port != wanted) {
            return false;
        }
        if (name.startsWith("**.")) {
            return host.endsWith(name.substring(2)) && host.length() > name.length() - 2;
        }
        if (name.startsWith("*.")) {
            int dot = host.indexOf('.');
            return dot > 0 && host.substring(dot).equals(name.substring(1));
        }
        return host.equals(name);
    }
}

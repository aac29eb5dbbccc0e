package dev.jsbx.netstack.policy;

import java.net.IDN;

/**
 * Host names in the one form in which rules, DNS, TLS and HTTP are compared: lower case, A-labels,
 * no trailing dot. Whatever leaves these methods is safe to print.
 */
public final class HostName {
    /** The host's own loopback, as rules name it. */
    public static final String LOCALHOST = "localhost";

    /** RFC 1035 §2.3.4, as text without trailing dot. */
    public static final int MAX_LENGTH = 253;

    private static final int MAX_LABEL = 63;

    // Characters that IDNA 2003 maps away and IDNA 2008 keeps: two registrable names, one spelling.
    private static final String AMBIGUOUS = "ßς\u200c\u200d";

    private HostName() {}

    /**
     * Takes a name as a protocol carried it: ASCII only, in any case, with or without trailing dot.
     *
     * @return null if it is no host name; a text that ends in a number, which resolvers take for an
     *     IPv4 address, is none
     */
    public static String fromWire(String text) {
        int length = text.length();
        if (length > 0 && text.charAt(length - 1) == '.') {
            length--;
        }
        if (length == 0 || length > MAX_LENGTH) {
            return null;
        }
        boolean upper = false;
        int label = 0;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            upper |= c >= 'A' && c <= 'Z';
            if (c == '.') {
                if (label == 0) {
                    return null;
                }
                label = 0;
            } else if (!isLetterDigitHyphen(c) || ++label > MAX_LABEL) {
                return null;
            }
        }
        if (label == 0 || endsInNumber(text, length)) {
            return null;
        }
        return upper
                ? lower(text, length)
                : length < text.length() ? text.substring(0, length) : text;
    }

    /**
     * Takes a name as a user wrote it, which may be in any script.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static String fromUser(String text) {
        for (int i = 0; i < AMBIGUOUS.length(); i++) {
            if (text.indexOf(AMBIGUOUS.charAt(i)) >= 0) {
                throw new IllegalArgumentException(
                        "it has a letter that stands for two different names, write its xn-- form");
            }
        }
        String name = fromWire(isAscii(text) ? text : toAscii(text));
        if (name == null) {
            throw new IllegalArgumentException("no host name");
        }
        return canonical(name);
    }

    /** The name that rules use for it: all names of the host are {@code localhost}. */
    public static String canonical(String name) {
        return switch (name) {
            case "host.jsbx.internal", "host.docker.internal", "gateway.docker.internal" ->
                    LOCALHOST;
            default -> name;
        };
    }

    private static String toAscii(String text) {
        try {
            return IDN.toASCII(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("no host name", e);
        }
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }

    // Underscores are in no host name by the book (RFC 952), and in many by practice.
    private static boolean isLetterDigitHyphen(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '-'
                || c == '_';
    }

    // The WHATWG URL standard's "ends in a number": 127.1, 0x7f000001, 1.2.3.08.
    private static boolean endsInNumber(String text, int length) {
        int start = text.lastIndexOf('.', length - 1) + 1;
        boolean hex =
                length - start >= 2
                        && text.charAt(start) == '0'
                        && (text.charAt(start + 1) | 0x20) == 'x';
        for (int i = hex ? start + 2 : start; i < length; i++) {
            char c = text.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            if (!digit && !(hex && (c | 0x20) >= 'a' && (c | 0x20) <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static String lower(String text, int length) {
        char[] chars = new char[length];
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            chars[i] = c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
        }
        return new String(chars);
    }
}

package dev.jsbx.netstack.policy;

import dev.jsbx.netstack.wire.Addresses;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * An IP address of either version; IPv4 in its mapped form, so that {@code ::ffff:10.0.0.1} and
 * {@code 10.0.0.1} are one and the same.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record Ip(long high, long low) {
    /** The longest text of an address; longer input is none. */
    private static final int MAX_TEXT = 45;

    /** The address of a Java object. */
    public static Ip of(InetAddress address) {
        return new Ip(Addresses.high(address), Addresses.low(address));
    }

    public boolean isIpv4() {
        return Addresses.isIpv4(high, low);
    }

    /**
     * Reads the one unambiguous way to write an address: four decimal numbers without leading
     * zeros, or RFC 4291 §2.2 without zone.
     *
     * @return null if the text is nothing of the kind
     */
    public static Ip parse(String text) {
        if (text.isEmpty() || text.length() > MAX_TEXT) {
            return null;
        }
        return text.indexOf(':') >= 0 ? parseIpv6(text) : parseIpv4(text);
    }

    /**
     * Reads whatever a resolver's {@code inet_aton} takes for an address, too: {@code 2130706433},
     * {@code 0x7f.1} and {@code 0177.0.0.1} are all 127.0.0.1.
     *
     * @return null if the text is nothing of the kind
     */
    public static Ip parseLenient(String text) {
        Ip strict = parse(text);
        if (strict != null || text.isEmpty() || text.length() > MAX_TEXT) {
            return strict;
        }
        if (!isDigit(text.charAt(0))) {
            return null; // not by way of an exception: this is what names are, of each request
        }
        try {
            return of(Inet4Address.ofPosixLiteral(text));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Ip parseIpv4(String text) {
        long value = 0;
        int at = 0;
        for (int part = 0; part < 4; part++) {
            int start = at;
            int number = 0;
            while (at < text.length() && at - start < 3 && isDigit(text.charAt(at))) {
                number = number * 10 + text.charAt(at++) - '0';
            }
            boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
            boolean last = part == 3;
            boolean ended =
                    last ? at == text.length() : at < text.length() && text.charAt(at) == '.';
            if (at == start || leadingZero || number > 255 || !ended) {
                return null;
            }
            value = value << 8 | number;
            at++;
        }
        return new Ip(0, Addresses.mapped((int) value));
    }

    private static Ip parseIpv6(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != ':' && c != '.' && Character.digit(c, 16) < 0 || c > 'f') {
                return null;
            }
        }
        try {
            return of(Inet6Address.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** For APIs of Java. */
    public InetAddress toInetAddress() {
        return Addresses.toInetAddress(high, low);
    }

    /** Dotted decimal, or RFC 5952. */
    @Override
    public String toString() {
        return isIpv4() ? ipv4Text() : ipv6Text();
    }

    private String ipv4Text() {
        int v = (int) low;
        return (v >>> 24) + "." + (v >>> 16 & 255) + "." + (v >>> 8 & 255) + "." + (v & 255);
    }

    private int group(int i) {
        return (int) ((i < 4 ? high : low) >>> (48 - 16 * (i & 3))) & 0xffff;
    }

    // RFC 5952 §4.2: "::" stands for the first longest run of zeros, but never for a single one.
    private String ipv6Text() {
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int run = i;
            while (run < 8 && group(run) == 0) {
                run++;
            }
            if (run - i > bestLength) {
                bestStart = i;
                bestLength = run - i;
            }
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(group(i)));
        }
        return text.toString();
    }
}

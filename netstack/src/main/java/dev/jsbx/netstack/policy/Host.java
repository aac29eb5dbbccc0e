package dev.jsbx.netstack.policy;

import java.util.Optional;

/** What a peer claims to talk to: a name, or an address however it is written. */
public sealed interface Host {
    /** A name in the form of {@link HostName}. */
    record Name(String text) implements Host {
        @Override
        public String toString() {
            return text;
        }
    }

    /** An address, whether written in decimal, octal, hexadecimal or IPv6 brackets. */
    record Address(Ip ip) implements Host {
        @Override
        public String toString() {
            return ip.toString();
        }
    }

    /**
     * Takes the host of an SNI, a Host header or a URL, without port. Case and a trailing dot mean
     * nothing; {@code 0x7f.1} is an address.
     *
     * @return empty if it is neither a name nor an address, which no honest client sends
     */
    static Optional<Host> fromWire(String text) {
        if (text.length() > HostName.MAX_LENGTH + 1) {
            return Optional.empty();
        }
        if (text.startsWith("[") && text.endsWith("]")) {
            Ip ip = Ip.parse(text.substring(1, text.length() - 1));
            return ip == null ? Optional.empty() : Optional.of(new Address(ip));
        }
        boolean dotted = text.length() > 1 && text.endsWith(".");
        Ip ip = Ip.parseLenient(dotted ? text.substring(0, text.length() - 1) : text);
        if (ip != null) {
            return Optional.of(new Address(ip));
        }
        return Optional.ofNullable(HostName.fromWire(text)).map(Name::new);
    }
}

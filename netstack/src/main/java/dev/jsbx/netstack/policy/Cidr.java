package dev.jsbx.netstack.policy;

/**
 * A block of addresses (RFC 4632, RFC 4291 §2.3); one address is a block of full length.
 *
 * @param network its first address; all bits past the prefix are 0
 * @param length of the prefix in bits as a user counts them: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Cidr(Ip network, int length) {
    private static final int MAPPED_PREFIX = 96;

    /** The block of one address. */
    public static Cidr of(Ip address) {
        return new Cidr(address, address.isIpv4() ? 32 : 128);
    }

    /** The block of that prefix length around an address. */
    static Cidr around(Ip address, int length) {
        return new Cidr(address, length).truncated();
    }

    /**
     * Reads {@code ADDRESS} or {@code ADDRESS/LENGTH}.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        Ip address = Ip.parse(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException("no IP address");
        }
        if (slash < 0) {
            return of(address);
        }
        boolean mapped = address.isIpv4() && text.indexOf(':') >= 0;
        int max = address.isIpv4() && !mapped ? 32 : 128;
        int length = parseLength(text.substring(slash + 1), max);
        if (mapped) {
            if (length < MAPPED_PREFIX) {
                throw new IllegalArgumentException("the prefix cuts through IPv4-mapped addresses");
            }
            length -= MAPPED_PREFIX;
        }
        Cidr block = around(address, length);
        if (!block.network.equals(address)) {
            throw new IllegalArgumentException(
                    "it has bits beyond its prefix, the block is " + block);
        }
        return block;
    }

    private static int parseLength(String text, int max) {
        boolean digits =
                !text.isEmpty()
                        && text.length() <= 3
                        && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int length = digits ? Integer.parseInt(text) : -1;
        if (length < 0 || length > max) {
            throw new IllegalArgumentException("the prefix length is not 0 to " + max);
        }
        return length;
    }

    /** The length counted in 128-bit addresses. */
    int bits() {
        return network.isIpv4() ? MAPPED_PREFIX + length : length;
    }

    private Cidr truncated() {
        int bits = bits();
        return new Cidr(
                new Ip(network.high() & mask(bits), network.low() & mask(bits - 64)), length);
    }

    /** A 64-bit mask whose first bits are set; none for less than 1, all for more than 63. */
    private static long mask(int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << (64 - bits);
    }

    /** Its last address. */
    Ip last() {
        int bits = bits();
        return new Ip(network.high() | ~mask(bits), network.low() | ~mask(bits - 64));
    }

    /** Whether an address lies in the block. */
    public boolean contains(long high, long low) {
        int bits = bits();
        if (!network.isIpv4() && new Ip(high, low).isIpv4()) {
            return false; // ::/0 is about IPv6, as its author means
        }
        return ((high ^ network.high()) & mask(bits)) == 0
                && ((low ^ network.low()) & mask(bits - 64)) == 0;
    }

    private boolean isOneAddress() {
        return length == (network.isIpv4() ? 32 : 128);
    }

    /** {@code ADDRESS} for one address, {@code ADDRESS/LENGTH} else. */
    @Override
    public String toString() {
        return isOneAddress() ? network.toString() : network + "/" + length;
    }
}

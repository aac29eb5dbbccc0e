package dev.jsbx.netstack.policy;

import dev.jsbx.netstack.policy.PortTable.Choice;
import dev.jsbx.netstack.wire.Addresses;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps connections that names or a mode allow from addresses that are not public. It is asked with
 * the address that would be dialled, so a name that resolves to 127.0.0.1 (DNS rebinding) gets
 * nowhere. Only a rule on the addresses themselves opens one, and only if it is at least as narrow
 * as the block: {@code allow 10.1.0.0/16} does, {@code allow 0.0.0.0/0} does not.
 *
 * <p>IPv6 addresses that lead to an IPv4 address are asked about that one, too.
 */
final class Guard {
    private static final long NAT64 = 0x0064_ff9b_0000_0000L; // RFC 6052 §2.1, high half
    private static final int SIX_TO_FOUR = 0x2002; // RFC 3056 §2
    private static final int TEREDO = 0x2001_0000; // RFC 4380 §2.6
    private static final int ISATAP = 0x5efe; // RFC 5214 §6.1
    private static final int ISATAP_GLOBAL = 0x0200_0000;

    /** What is known of a block. */
    private record Entry(int bits, Decision decision) {}

    private final AddressBlocks<Entry> blocks;

    /**
     * @param own addresses and networks of this host
     */
    Guard(List<SpecialBlock> own) {
        Map<Cidr, Entry> entries = new HashMap<>();
        SpecialBlock.ALL.forEach(special -> entries.put(special.block(), entry(special)));
        own.forEach(special -> entries.put(special.block(), entry(special)));
        blocks = new AddressBlocks<>(entries);
    }

    private static Entry entry(SpecialBlock special) {
        Cidr block = special.block();
        Decision decision =
                special.what() == null
                        ? null
                        : new Decision(
                                false,
                                Decision.Kind.GUARD,
                                "non-public " + block,
                                block
                                        + " is "
                                        + special.what()
                                        + ": a rule on the address itself would open it");
        return new Entry(block.bits(), decision);
    }

    /**
     * @return why not, or null if the address is public or opened
     */
    Decision check(long high, long low, AddressRules rules, Transport transport, int port) {
        Choice opened = rules.find(high, low, transport, port);
        Decision denied = check(high, low, 0, opened, null);
        if (denied != null || !embedsIpv4(high, low)) {
            return denied;
        }
        if (high >>> 32 == TEREDO) {
            denied = embedded((int) high, 32, opened, rules, transport, port); // the server
        }
        int offset = high >>> 48 == SIX_TO_FOUR ? 16 : 96;
        return denied != null
                ? denied
                : embedded((int) embeddedIpv4(high, low), offset, opened, rules, transport, port);
    }

    /** Whether packets to this IPv6 address end up at an IPv4 address that it contains. */
    static boolean embedsIpv4(long high, long low) {
        return high == NAT64 && low >>> 32 == 0
                || high >>> 48 == SIX_TO_FOUR
                || high >>> 32 == TEREDO
                || (low >>> 32 & ~ISATAP_GLOBAL) == ISATAP;
    }

    /** That IPv4 address, as the low half of its mapped form. */
    static long embeddedIpv4(long high, long low) {
        if (high >>> 48 == SIX_TO_FOUR) {
            return Addresses.mapped((int) (high >>> 16));
        }
        // A Teredo client's address stands inverted, so that no NAT rewrites it.
        return Addresses.mapped(high >>> 32 == TEREDO ? ~(int) low : (int) low);
    }

    private Decision embedded(
            int ipv4, int offset, Choice outer, AddressRules rules, Transport transport, int port) {
        long low = Addresses.mapped(ipv4);
        Choice inner = rules.find(0, low, transport, port);
        return check(0, low, offset - 96, outer, inner);
    }

    // A rule on the outer address opens the inner block if it fixes as many bits of it: a prefix of
    // 104 bits under NAT64's 96 is as narrow as 10.0.0.0/8, whose length counts 104 when mapped.
    private Decision check(long high, long low, int shift, Choice outer, Choice inner) {
        AddressBlocks.Block<Entry> block = blocks.smallest(high, low);
        if (block == null || block.value().decision == null) {
            return null;
        }
        Entry entry = block.value();
        boolean opened =
                outer != null && outer.allows() && outer.bits() - shift >= entry.bits
                        || inner != null && inner.allows() && inner.bits() >= entry.bits;
        return opened ? null : entry.decision;
    }
}

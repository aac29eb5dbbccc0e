package dev.jsbx.netstack.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.link.MemoryLink;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Any bytes to port 67 make one reply that fits a packet, or none, but never a fault. */
class DhcpFuzzTest {
    private static final String HEAD = "0101060012345678" + "00008000" + "00".repeat(16);
    private static final String TAIL = "525400000002" + "00".repeat(202) + "63825363";

    /** DISCOVER with a host name and a list of wanted options. */
    private static final byte[] DISCOVER =
            HexFormat.of().parseHex(HEAD + TAIL + "350101" + "0c03626f78" + "37020103" + "ff");

    private static int replies(byte[] message) {
        MemoryLink[] ends = MemoryLink.pair(1500, 0);
        Addressing who = Addressing.standard();
        try (Arena arena = Arena.ofConfined()) {
            IpOutput out = new IpOutput(ends[0], arena, who.ownMac(), who.guestMac());
            new DhcpServer(who, out, "box")
                    .receive(MemorySegment.ofArray(message), 0, message.length);
        }
        for (MemoryLink.Packet packet : ends[1].incoming()) {
            if (packet.bytes().length > 14 + 1500) {
                throw new AssertionError("a reply of " + packet.bytes().length + " bytes");
            }
        }
        return ends[1].incoming().size();
    }

    @FuzzTest
    void messages(byte[] message) {
        if (replies(message) > 1) {
            throw new AssertionError("more than one reply");
        }
    }

    @Test
    void wellFormedOnesAreAnswered() {
        assertThat(replies(DISCOVER)).isEqualTo(1);
    }

    /** A poor fuzzer for every run. */
    @Test
    void mutations() {
        Random random = new Random(3);
        for (int round = 0; round < 500; round++) {
            byte[] message = DISCOVER.clone();
            for (int change = random.nextInt(6); change > 0; change--) {
                int at = random.nextBoolean() ? random.nextInt(message.length) : 236;
                at = Math.min(message.length - 1, at + random.nextInt(20));
                message[at] = (byte) random.nextInt();
            }
            int length = random.nextInt(3) == 0 ? random.nextInt(message.length) : message.length;
            messages(Arrays.copyOf(message, length));
        }
    }
}

package dev.jsbx.virtio.vsock;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any order of packets and events: credit is kept, and what must not happen does not. */
class VsockFuzzTest {
    @FuzzTest
    void keepsItsPromises(FuzzedDataProvider data) {
        StreamState state = data.consumeBoolean() ? StreamState.byHost() : StreamState.byGuest();
        Packet packet = new Packet();
        long held = 0;
        while (data.remainingBytes() > 0) {
            switch (data.consumeInt(0, 7)) {
                case 0 -> state.credit(data.consumeInt(), data.consumeInt());
                case 1 -> {
                    int bytes = data.consumeInt(0, 1 << 17);
                    held += state.received(bytes) ? bytes : 0;
                }
                case 2 -> {
                    long bytes = data.consumeLong(0, held);
                    state.forwarded(bytes);
                    held -= bytes;
                }
                case 3 -> state.sent(Math.min(state.sendable(), data.consumeInt(0, 1 << 16)));
                case 4 -> state.guestShutdown(data.consumeInt());
                case 5 -> state.hostShutdown(data.consumeInt(0, Op.SHUTDOWN_BOTH));
                case 6 -> state.accepted();
                default -> state.lacksCredit();
            }
            assertThat(held).isBetween(0L, (long) StreamState.BUF_ALLOC);
            assertThat(state.sendable()).isBetween(0L, 0xffffffffL);
            int op = state.due();
            if (op != 0 && data.consumeBoolean()) {
                packet.toGuest(3, 1, 2, op);
                state.stamp(packet);
                assertThat(packet.bufAlloc).isEqualTo(StreamState.BUF_ALLOC);
            }
        }
    }
}

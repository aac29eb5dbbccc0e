package dev.jsbx.virtio.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.jsbx.virtio.queue.DescriptorChain;
import dev.jsbx.virtio.queue.QueueState;
import dev.jsbx.virtio.queue.RingFeatures;
import dev.jsbx.virtio.queue.SplitRings;
import dev.jsbx.virtio.queue.VirtQueue;
import dev.jsbx.vmm.memory.GuestMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Any bytes at all in the rings: pop yields chains within memory or breaks, and never throws. */
class QueueFuzzTest {
    private static final int MEMORY = 4096;
    private static final int SIZE = 8;

    @FuzzTest
    void popsAnything(FuzzedDataProvider data) {
        boolean eventIndex = data.consumeBoolean();
        int state = data.consumeInt(0, 0xffff);
        byte[] bytes = data.consumeRemainingAsBytes();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(MEMORY, 4096);
            MemorySegment.copy(
                    bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, Math.min(bytes.length, MEMORY));
            long features =
                    RingFeatures.OFFERED & ~(eventIndex ? 0 : RingFeatures.VIRTIO_F_EVENT_IDX);
            VirtQueue queue =
                    new VirtQueue(
                            GuestMemory.over(memory),
                            new SplitRings(SIZE, 0, 128, 256),
                            features,
                            new QueueState(state, state),
                            reason -> {});
            DescriptorChain chain = new DescriptorChain();
            for (int i = 0; i < 2 * SIZE && queue.pop(chain); i++) {
                use(chain);
                queue.push(chain, chain.writable().length());
                queue.needsSignal();
                queue.enableNotifications();
            }
        }
    }

    private static void use(DescriptorChain chain) {
        long in = chain.readable().length();
        long out = chain.writable().length();
        chain.readable().iovecs(0, in);
        chain.writable().iovecs(0, out);
        if (in >= 8) {
            chain.readable().getLong(in - 8);
        }
        if (out >= 8) {
            chain.writable().setLong(out - 8, -1);
        }
    }
}

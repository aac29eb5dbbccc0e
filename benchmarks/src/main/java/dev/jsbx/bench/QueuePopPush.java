package dev.jsbx.bench;

import dev.jsbx.virtio.queue.DescriptorChain;
import dev.jsbx.virtio.queue.QueueState;
import dev.jsbx.virtio.queue.RingFeatures;
import dev.jsbx.virtio.queue.SplitRings;
import dev.jsbx.virtio.queue.VirtQueue;
import dev.jsbx.vmm.memory.GuestMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a request costs before the device has done anything for it. With {@code -prof gc} each
 * allocates 0 bytes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC"
        })
public class QueuePopPush {
    private static final int SIZE = 256;
    private static final long AVAILABLE = 0x2000;
    private static final long USED = 0x4000;
    private static final long DATA = 0x10000;
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final VarHandle INDEX = ValueLayout.JAVA_SHORT.varHandle();

    private Arena arena;
    private MemorySegment guest;
    private GuestMemory memory;
    private VirtQueue queue;
    private final DescriptorChain chain = new DescriptorChain();
    private short added;

    /** A queue whose every chain has a readable header and two writable buffers. */
    @Setup
    public void layOut() {
        arena = Arena.ofShared();
        guest = arena.allocate(1 << 20, 4096);
        memory = GuestMemory.over(guest);
        descriptor(0, 16, NEXT, 1);
        descriptor(1, 4096, WRITE | NEXT, 2);
        descriptor(2, 1, WRITE, 0);
        queue =
                new VirtQueue(
                        memory,
                        new SplitRings(SIZE, 0, AVAILABLE, USED),
                        RingFeatures.OFFERED,
                        QueueState.FRESH,
                        reason -> {
                            throw new IllegalStateException(reason);
                        });
    }

    private void descriptor(int index, int length, int flags, int next) {
        long at = 16L * index;
        guest.set(ValueLayout.JAVA_LONG, at, DATA + index * 8192L);
        guest.set(ValueLayout.JAVA_INT, at + 8, length);
        guest.set(ValueLayout.JAVA_SHORT, at + 12, (short) flags);
        guest.set(ValueLayout.JAVA_SHORT, at + 14, (short) next);
    }

    /** Gives the memory back. */
    @TearDown
    public void close() {
        arena.close();
    }

    /**
     * The driver adds a chain; the device takes it, reads its header, answers and gives it back.
     */
    @Benchmark
    public boolean popPush() {
        added++;
        INDEX.setRelease(guest, AVAILABLE + 2, added);
        queue.pop(chain);
        long header = chain.readable().getLong(0);
        chain.writable().setByte(4096, (byte) header);
        queue.push(chain, 4097);
        return queue.needsSignal();
    }

    /** One checked access to guest memory by its physical address. */
    @Benchmark
    public int guestMemoryRead() {
        return memory.slice(DATA, Integer.BYTES).get(ValueLayout.JAVA_INT, 0);
    }
}

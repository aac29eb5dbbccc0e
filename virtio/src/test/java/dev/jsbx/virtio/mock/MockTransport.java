package dev.jsbx.virtio.mock;

import dev.jsbx.virtio.device.DeviceContext;
import dev.jsbx.virtio.device.DeviceQueue;
import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.queue.QueueState;
import dev.jsbx.virtio.queue.RingFeatures;
import dev.jsbx.virtio.queue.VirtQueue;
import dev.jsbx.vmm.linux.EventFd;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A transport without a machine: activates a device over {@link MockMemory} and waits for its
 * interrupts. Closing it closes the device.
 */
public final class MockTransport implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 20;
    private static final long DEFAULT_MEMORY = 16 << 20;

    private final VirtioDevice device;
    private final MockMemory memory;
    private final List<MockQueue> queues = new ArrayList<>();
    private final List<EventFd> kicks = new ArrayList<>();
    private final List<Semaphore> interrupts = new ArrayList<>();
    private final AtomicInteger configChanges = new AtomicInteger();
    private volatile String needsReset;
    private QueueState[] states;
    private List<DeviceQueue> active = List.of();

    /** A device with 16 MiB of guest memory. */
    public MockTransport(VirtioDevice device) {
        this(device, new MockMemory(DEFAULT_MEMORY));
    }

    /** A device over memory that closes with this transport. */
    public MockTransport(VirtioDevice device, MockMemory memory) {
        this.device = device;
        this.memory = memory;
        for (int size : device.queueSizes()) {
            queues.add(new MockQueue(memory, size));
            kicks.add(EventFd.create());
            interrupts.add(new Semaphore(0));
        }
        states = new QueueState[queues.size()];
        java.util.Arrays.fill(states, QueueState.FRESH);
    }

    /** Activates the device with all that it offers except the event index. */
    public void activate() {
        activate(
                device.features()
                        | RingFeatures.VIRTIO_F_INDIRECT_DESC
                        | RingFeatures.VIRTIO_F_VERSION_1);
    }

    /** Activates the device with these features, where it stopped last. */
    public void activate(long features) {
        activate(features, queues.size());
    }

    /** The same with the first queues only, as when a front-end has not enabled the others yet. */
    public void activate(long features, int count) {
        List<DeviceQueue> context = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            VirtQueue ring =
                    new VirtQueue(
                            memory.guest(),
                            queues.get(i).rings(),
                            features,
                            states[i],
                            reason -> needsReset = reason);
            context.add(new DeviceQueue(i, ring, kicks.get(i), interrupts.get(i)::release));
        }
        active = context;
        device.activate(
                new DeviceContext(
                        memory.guest(),
                        features,
                        context,
                        configChanges::incrementAndGet,
                        reason -> needsReset = reason));
    }

    /** Quiesces the device and remembers where its queues are. */
    public void quiesce() {
        device.quiesce();
        for (DeviceQueue queue : active) {
            states[queue.index()] = queue.ring().state();
        }
    }

    /** The guest's memory. */
    public MockMemory memory() {
        return memory;
    }

    /** The driver's side of a queue. */
    public MockQueue queue(int index) {
        return queues.get(index);
    }

    /** Tells the device that a queue has new chains. */
    public void kick(int index) {
        kicks.get(index).signal();
    }

    /** How often the configuration changed. */
    public int configChanges() {
        return configChanges.get();
    }

    /** Why the device needs a reset, or null. */
    public String needsReset() {
        return needsReset;
    }

    /** Waits until the device has marked itself broken, and says why. */
    public String awaitNeedsReset() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (needsReset == null) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the device did not ask for a reset");
            }
            Thread.onSpinWait();
        }
        return needsReset;
    }

    /** Waits until a queue has a used chain, and takes it. */
    public MockQueue.Used awaitUsed(int index) {
        while (!queues.get(index).hasUsed()) {
            awaitInterrupt(index);
        }
        return queues.get(index).takeUsed();
    }

    /** How many interrupts of a queue nobody has waited for yet; they count as waited for now. */
    public int takeInterrupts(int index) {
        return interrupts.get(index).drainPermits();
    }

    /** Waits for an interrupt of a queue. */
    public void awaitInterrupt(int index) {
        try {
            if (!interrupts.get(index).tryAcquire(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(
                        "no interrupt of queue " + index + "; needs reset: " + needsReset);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting for queue " + index, e);
        }
    }

    /** How often a queue has interrupted and nobody has waited for it. */
    public int interrupts(int index) {
        return interrupts.get(index).availablePermits();
    }

    @Override
    public void close() {
        device.close();
        kicks.forEach(EventFd::close);
        memory.close();
    }
}

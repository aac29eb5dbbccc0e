package dev.jsbx.virtio.mmio;

import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.mock.MockMemory;
import dev.jsbx.virtio.mock.MockQueue;
import dev.jsbx.virtio.queue.SplitRings;
import dev.jsbx.vmm.bus.Doorbells;
import dev.jsbx.vmm.linux.EventFd;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A driver that writes registers one by one, and the machine around it. */
final class MockMmioDriver implements AutoCloseable {
    static final long GPA = 0xc000_1000L;

    final MockMemory memory = new MockMemory(4 << 20);
    final Map<String, EventFd> doorbells = new ConcurrentHashMap<>();
    final Semaphore interrupts = new Semaphore(0);
    final List<String> log = new CopyOnWriteArrayList<>();
    final MmioTransport transport;
    private final VirtioDevice device;

    MockMmioDriver(VirtioDevice device, SharedMemory... shared) {
        this.device = device;
        Doorbells bells =
                new Doorbells() {
                    @Override
                    public void register(long gpa, int value, EventFd event) {
                        doorbells.put(gpa + ":" + value, event);
                    }

                    @Override
                    public void unregister(long gpa, int value, EventFd event) {
                        doorbells.remove(gpa + ":" + value, event);
                    }
                };
        transport =
                new MmioTransport(
                        device,
                        memory.guest(),
                        GPA,
                        bells,
                        interrupts::release,
                        List.of(shared),
                        log::add);
    }

    long read(int register) {
        return transport.read(register, 4);
    }

    void write(int register, long value) {
        transport.write(register, 4, value);
    }

    /** Steps up to FEATURES_OK with these features. */
    long negotiate(long features) {
        write(Register.Status, 0);
        write(Register.Status, 1);
        write(Register.Status, 3);
        write(Register.DriverFeaturesSel, 0);
        write(Register.DriverFeatures, features & 0xffffffffL);
        write(Register.DriverFeaturesSel, 1);
        write(Register.DriverFeatures, features >>> 32);
        write(Register.Status, 11);
        return read(Register.Status);
    }

    void place(int index, SplitRings rings) {
        write(Register.QueueSel, index);
        write(Register.QueueNum, rings.size());
        write(Register.QueueDescLow, rings.descriptorTable() & 0xffffffffL);
        write(Register.QueueDescHigh, rings.descriptorTable() >>> 32);
        write(Register.QueueDriverLow, rings.availableRing() & 0xffffffffL);
        write(Register.QueueDriverHigh, rings.availableRing() >>> 32);
        write(Register.QueueDeviceLow, rings.usedRing() & 0xffffffffL);
        write(Register.QueueDeviceHigh, rings.usedRing() >>> 32);
        write(Register.QueueReady, 1);
    }

    /** Lays out and places a queue. */
    MockQueue queue(int index, int size) {
        MockQueue queue = new MockQueue(memory, size);
        place(index, queue.rings());
        return queue;
    }

    void awaitInterrupt() {
        try {
            if (!interrupts.tryAcquire(20, TimeUnit.SECONDS)) {
                throw new AssertionError("no interrupt within 20 s; log: " + log);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        transport.close();
        device.close();
        memory.close();
    }
}

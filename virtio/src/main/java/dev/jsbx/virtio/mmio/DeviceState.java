package dev.jsbx.virtio.mmio;

import dev.jsbx.virtio.device.DeviceContext;
import dev.jsbx.virtio.device.DeviceQueue;
import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.queue.QueueState;
import dev.jsbx.virtio.queue.VirtQueue;
import dev.jsbx.vmm.bus.Doorbells;
import dev.jsbx.vmm.bus.InterruptLine;
import dev.jsbx.vmm.linux.EventFd;
import dev.jsbx.vmm.memory.GuestMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The device's side of the transport: status, interrupts, and the device at work. Status and
 * interrupts are atomic, because the device's threads set bits in them while a vCPU thread may be
 * waiting for those very threads in a reset.
 */
final class DeviceState implements AutoCloseable {
    private static final int USED_BUFFER = 1;
    private static final int CONFIGURATION_CHANGE = 2;

    private final VirtioDevice device;
    private final GuestMemory memory;
    private final long notifyGpa;
    private final Doorbells doorbells;
    private final InterruptLine line;
    private final Consumer<String> log;
    private final EventFd[] kicks;
    private final AtomicInteger status = new AtomicInteger();
    private final AtomicInteger interrupts = new AtomicInteger();
    private final AtomicInteger configGeneration = new AtomicInteger();
    private List<DeviceQueue> active = List.of();

    DeviceState(
            VirtioDevice device,
            GuestMemory memory,
            long notifyGpa,
            Doorbells doorbells,
            InterruptLine line,
            Consumer<String> log) {
        this.device = device;
        this.memory = memory;
        this.notifyGpa = notifyGpa;
        this.doorbells = doorbells;
        this.line = line;
        this.log = log;
        kicks = new EventFd[device.queueSizes().length];
        for (int i = 0; i < kicks.length; i++) {
            kicks[i] = EventFd.create();
        }
    }

    int status() {
        return status.get();
    }

    void add(int bits) {
        status.accumulateAndGet(bits, (old, more) -> old | more);
    }

    int interruptStatus() {
        return interrupts.get();
    }

    int configGeneration() {
        return configGeneration.get();
    }

    void acknowledge(int bits) {
        interrupts.accumulateAndGet(bits, (old, less) -> old & ~less);
    }

    /** A kick that no ioeventfd caught. */
    void kick(int queue) {
        if (queue >= 0 && queue < kicks.length && (status.get() & Status.DRIVER_OK) != 0) {
            kicks[queue].signal();
        }
    }

    private void interrupt(int bit) {
        interrupts.accumulateAndGet(bit, (old, more) -> old | more);
        line.raise();
    }

    private void usedBuffer() {
        interrupt(USED_BUFFER);
    }

    private void configChanged() {
        configGeneration.incrementAndGet();
        interrupt(CONFIGURATION_CHANGE);
    }

    private void needsReset(String reason) {
        log.accept(reason);
        if ((status.get() & Status.DRIVER_OK) != 0) {
            add(Status.DEVICE_NEEDS_RESET);
            // §2.1.2: after DRIVER_OK the driver is told by a change of configuration.
            interrupt(CONFIGURATION_CHANGE);
        }
    }

    /** DRIVER_OK: the queues are as they are now until the reset. */
    void activate(long features, QueueRegisters[] registers) {
        List<DeviceQueue> queues = new ArrayList<>();
        try {
            for (int i = 0; i < registers.length; i++) {
                if (registers[i].ready) {
                    queues.add(queue(i, registers[i], features));
                }
            }
            active = queues;
            for (DeviceQueue queue : queues) {
                doorbells.register(notifyGpa, queue.index(), queue.kick());
            }
            device.activate(
                    new DeviceContext(
                            memory, features, queues, this::configChanged, this::needsReset));
        } catch (RuntimeException e) {
            needsReset("cannot start: " + e.getMessage());
        }
    }

    private DeviceQueue queue(int index, QueueRegisters registers, long features) {
        VirtQueue ring =
                new VirtQueue(
                        memory,
                        registers.rings(),
                        features,
                        QueueState.FRESH,
                        reason -> needsReset("queue " + index + ": " + reason));
        return new DeviceQueue(index, ring, kicks[index], this::usedBuffer);
    }

    /** Stops the device, which forgets its driver. */
    void reset() {
        device.reset();
        unregister();
        status.set(0);
        interrupts.set(0);
        for (EventFd kick : kicks) {
            kick.drain();
        }
    }

    private void unregister() {
        for (DeviceQueue queue : active) {
            doorbells.unregister(notifyGpa, queue.index(), queue.kick());
        }
        active = List.of();
    }

    @Override
    public void close() {
        device.reset();
        unregister();
        for (EventFd kick : kicks) {
            kick.close();
        }
    }
}

package dev.jsbx.virtio.mmio;

import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.queue.RingFeatures;
import dev.jsbx.vmm.bus.BusDevice;
import dev.jsbx.vmm.bus.Doorbells;
import dev.jsbx.vmm.bus.InterruptLine;
import dev.jsbx.vmm.memory.GuestMemory;
import java.util.List;
import java.util.function.Consumer;

/**
 * One device's page of registers. vCPU threads read and write; writes that change something are
 * done one at a time, and a reset returns only when the device has stopped.
 */
public final class MmioTransport implements BusDevice, AutoCloseable {
    /** Bytes of address space that the registers take. */
    public static final int SIZE = 0x1000;

    private static final int MAGIC = 0x74726976; // "virt"
    private static final int VERSION = 2;
    private static final int VENDOR = 0x5842534a; // "JSBX"
    private static final int REGISTER_BYTES = 4;

    private final VirtioDevice device;
    private final List<SharedMemory> sharedMemory;
    private final DeviceState state;
    private final QueueRegisters[] queues;
    private int deviceFeaturesSel;
    private int driverFeaturesSel;
    private long driverFeatures;
    private int queueSel;
    private int sharedMemorySel;

    /**
     * @param device stays the caller's, to be closed after the transport
     * @param gpa where the registers are put on the bus
     * @param doorbells for kicks that do not stop a vCPU
     * @param interrupt raised for used buffers and changes of configuration
     * @param sharedMemory the device's regions, mostly none
     * @param log told in one line what the guest's driver did wrong; from any thread
     */
    public MmioTransport(
            VirtioDevice device,
            GuestMemory memory,
            long gpa,
            Doorbells doorbells,
            InterruptLine interrupt,
            List<SharedMemory> sharedMemory,
            Consumer<String> log) {
        this.device = device;
        this.sharedMemory = List.copyOf(sharedMemory);
        int[] sizes = device.queueSizes();
        queues = new QueueRegisters[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            queues[i] = new QueueRegisters(sizes[i]);
        }
        state =
                new DeviceState(
                        device, memory, gpa + Register.QueueNotify, doorbells, interrupt, log);
    }

    private long offeredFeatures() {
        return device.features() | RingFeatures.OFFERED;
    }

    @Override
    public long read(long offset, int size) {
        if (offset >= Register.Config) {
            return readConfig(offset - Register.Config, size);
        }
        // §4.2.2.2: below the configuration only aligned 32-bit accesses.
        if (size != REGISTER_BYTES || offset % REGISTER_BYTES != 0 || offset < 0) {
            return 0;
        }
        return readRegister((int) offset) & 0xffffffffL;
    }

    private long readRegister(int register) {
        return switch (register) {
            case Register.MagicValue -> MAGIC;
            case Register.Version -> VERSION;
            case Register.DeviceID -> device.type();
            case Register.VendorID -> VENDOR;
            case Register.DeviceFeatures -> half(offeredFeatures(), deviceFeaturesSel);
            case Register.InterruptStatus -> state.interruptStatus();
            case Register.Status -> state.status();
            case Register.ConfigGeneration -> state.configGeneration();
            case Register.QueueNumMax, Register.QueueReady -> readQueue(register);
            default -> readSharedMemory(register);
        };
    }

    private synchronized long readQueue(int register) {
        QueueRegisters queue = selectedQueue();
        if (queue == null) {
            return 0;
        }
        return register == Register.QueueNumMax ? queue.maxSize() : queue.ready ? 1 : 0;
    }

    private synchronized long readSharedMemory(int register) {
        // §4.2.2: a region that does not exist has the length -1.
        SharedMemory none = new SharedMemory(sharedMemorySel, -1, -1);
        SharedMemory region =
                sharedMemory.stream()
                        .filter(each -> each.id() == sharedMemorySel)
                        .findFirst()
                        .orElse(none);
        return switch (register) {
            case Register.SHMLenLow -> half(region.length(), 0);
            case Register.SHMLenHigh -> half(region.length(), 1);
            case Register.SHMBaseLow -> half(region.gpa(), 0);
            case Register.SHMBaseHigh -> half(region.gpa(), 1);
            default -> 0;
        };
    }

    private static long half(long value, int select) {
        return switch (select) {
            case 0 -> value & 0xffffffffL;
            case 1 -> value >>> 32;
            default -> 0;
        };
    }

    private long readConfig(long offset, int size) {
        byte[] config = device.config();
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            long at = offset + i;
            value = value << 8 | (at < config.length ? config[(int) at] & 0xff : 0);
        }
        return value;
    }

    @Override
    public void write(long offset, int size, long value) {
        if (offset >= Register.Config) {
            writeConfig((int) Math.min(offset - Register.Config, SIZE), size, value);
        } else if (size == REGISTER_BYTES && offset % REGISTER_BYTES == 0) {
            writeRegister((int) offset, value & 0xffffffffL);
        }
    }

    private void writeConfig(int offset, int size, long value) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (value >>> 8 * i);
        }
        device.writeConfig(offset, bytes);
    }

    private void writeRegister(int register, long value) {
        switch (register) {
            // The two that a running driver uses take no lock.
            case Register.QueueNotify -> state.kick((int) value);
            case Register.InterruptACK -> state.acknowledge((int) value);
            default -> writeSetup(register, value);
        }
    }

    private synchronized void writeSetup(int register, long value) {
        switch (register) {
            case Register.DeviceFeaturesSel -> deviceFeaturesSel = (int) value;
            case Register.DriverFeaturesSel -> driverFeaturesSel = (int) value;
            case Register.DriverFeatures -> writeDriverFeatures(value);
            case Register.QueueSel -> queueSel = (int) value;
            case Register.SHMSel -> sharedMemorySel = (int) value;
            case Register.Status -> writeStatus((int) value);
            default -> writeQueue(register, value);
        }
    }

    private void writeDriverFeatures(long value) {
        if (!Status.negotiating(state.status())) {
            return;
        }
        if (driverFeaturesSel == 0) {
            driverFeatures = (driverFeatures & ~0xffffffffL) | value;
        } else if (driverFeaturesSel == 1) {
            driverFeatures = (driverFeatures & 0xffffffffL) | value << 32;
        }
    }

    private void writeQueue(int register, long value) {
        QueueRegisters queue = selectedQueue();
        if (queue == null || !Status.settingUpQueues(state.status())) {
            return;
        }
        switch (register) {
            case Register.QueueNum -> queue.size = (int) value;
            case Register.QueueReady -> queue.ready = (value & 1) != 0;
            case Register.QueueDescLow,
                    Register.QueueDescHigh,
                    Register.QueueDriverLow,
                    Register.QueueDriverHigh,
                    Register.QueueDeviceLow,
                    Register.QueueDeviceHigh ->
                    queue.writeAddress(register, value);
            default -> {}
        }
    }

    private QueueRegisters selectedQueue() {
        return queueSel >= 0 && queueSel < queues.length ? queues[queueSel] : null;
    }

    private void writeStatus(int value) {
        if (value == 0) {
            reset();
            return;
        }
        int status = state.status();
        if ((value & Status.FAILED) != 0) {
            state.add(Status.FAILED);
            return;
        }
        // The driver repeats what is set and adds one step; anything else is ignored.
        int step = Status.nextStep(status);
        if ((value & ~Status.DEVICE_NEEDS_RESET) != ((status & ~Status.DEVICE_NEEDS_RESET) | step)
                || (status & Status.FAILED) != 0) {
            return;
        }
        switch (step) {
            case 0 -> {}
            case Status.FEATURES_OK -> {
                if (featuresAreFine()) {
                    state.add(step);
                }
            }
            case Status.DRIVER_OK -> {
                state.add(step);
                state.activate(driverFeatures, queues);
            }
            default -> state.add(step);
        }
    }

    /** §3.1.1 step 5: a driver whose choice is refused does not find FEATURES_OK set. */
    private boolean featuresAreFine() {
        return (driverFeatures & ~offeredFeatures()) == 0
                && (driverFeatures & RingFeatures.VIRTIO_F_VERSION_1) != 0;
    }

    private void reset() {
        state.reset();
        driverFeatures = 0;
        deviceFeaturesSel = 0;
        driverFeaturesSel = 0;
        queueSel = 0;
        for (QueueRegisters queue : queues) {
            queue.clear();
        }
    }

    /** Stops the device and frees what the transport holds; the device is not closed. */
    @Override
    public synchronized void close() {
        state.close();
    }
}

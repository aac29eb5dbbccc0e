package dev.jsbx.cli.engine;

import dev.jsbx.cli.Failure;
import dev.jsbx.virtio.mmio.MmioTransport;
import dev.jsbx.virtio.mmio.SharedMemory;
import dev.jsbx.vmm.boot.LinuxImage;
import dev.jsbx.vmm.kvm.Kvm;
import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.machine.MmioSlot;
import dev.jsbx.vmm.memory.GuestMemory;
import dev.jsbx.vmm.memory.MemoryWindow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** In this process, on {@code /dev/kvm}. */
final class KvmEngine implements Engine {
    /**
     * Overrides the way to reset: through the keyboard controller the machine is asked, and sees
     * whether the kernel has shut down or panicked; a triple fault wipes that out.
     */
    private static final String RESET = " reboot=k";

    @Override
    public Machine start(MachineSpec spec, List<Slot> slots) {
        try (Kvm kvm = Kvm.open()) {
            ConsoleFile console = new ConsoleFile(spec.console());
            GuestMemory memory = GuestMemory.allocatePrivate(spec.memory());
            dev.jsbx.vmm.machine.Machine machine =
                    dev.jsbx.vmm.machine.Machine.create(kvm, spec.cpus(), memory, console);
            List<MmioTransport> transports = new ArrayList<>();
            try {
                for (Slot slot : slots) {
                    transports.add(attach(machine, slot));
                }
                machine.load(
                        new LinuxImage(
                                spec.kernel(),
                                List.of(spec.initramfs()),
                                spec.commandLine() + RESET));
            } catch (IOException | RuntimeException e) {
                transports.forEach(MmioTransport::close);
                machine.close();
                throw e;
            }
            machine.start();
            return new KvmMachine(machine, transports, console);
        } catch (IOException | LinuxException e) {
            throw Failure.own("cannot start a guest on /dev/kvm: " + e.getMessage(), e);
        }
    }

    private static MmioTransport attach(dev.jsbx.vmm.machine.Machine machine, Slot slot) {
        MmioSlot place = machine.nextSlot();
        List<SharedMemory> shared = List.of();
        long wanted = slot.device().sharedMemoryBytes();
        if (wanted > 0) {
            MemoryWindow window = machine.addWindow(wanted);
            slot.device().sharedMemory(window);
            shared = List.of(new SharedMemory(0, window.gpa(), window.length()));
        }
        MmioTransport transport =
                new MmioTransport(
                        slot.device(),
                        machine.memory(),
                        place.gpa(),
                        machine.doorbells(),
                        place.interrupt(),
                        shared,
                        line -> System.err.println("jsbx: " + slot.id() + ": " + line));
        machine.attach(place, transport);
        return transport;
    }
}

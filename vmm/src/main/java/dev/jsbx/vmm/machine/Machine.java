package dev.jsbx.vmm.machine;

import dev.jsbx.vmm.acpi.AcpiTables;
import dev.jsbx.vmm.acpi.Hardware;
import dev.jsbx.vmm.acpi.PanicPort;
import dev.jsbx.vmm.acpi.PowerPorts;
import dev.jsbx.vmm.boot.Layout;
import dev.jsbx.vmm.boot.LinuxEntry;
import dev.jsbx.vmm.boot.LinuxImage;
import dev.jsbx.vmm.bus.Bus;
import dev.jsbx.vmm.bus.BusDevice;
import dev.jsbx.vmm.bus.Doorbells;
import dev.jsbx.vmm.kvm.Capability;
import dev.jsbx.vmm.kvm.CpuidTable;
import dev.jsbx.vmm.kvm.ExitHistogram;
import dev.jsbx.vmm.kvm.GuestCpuid;
import dev.jsbx.vmm.kvm.IrqFd;
import dev.jsbx.vmm.kvm.Kvm;
import dev.jsbx.vmm.kvm.Vcpu;
import dev.jsbx.vmm.kvm.VcpuExit;
import dev.jsbx.vmm.kvm.Vm;
import dev.jsbx.vmm.linux.Io;
import dev.jsbx.vmm.machine.MachineExit.Kind;
import dev.jsbx.vmm.memory.GuestMemory;
import dev.jsbx.vmm.memory.MemoryWindow;
import dev.jsbx.vmm.serial.KeyboardController;
import dev.jsbx.vmm.serial.Serial16550;
import dev.jsbx.vmm.serial.SerialSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A virtual machine on KVM. Made and given devices by one thread; once started, any thread may
 * pause, resume, stop and wait for it.
 */
public final class Machine implements AutoCloseable {
    /** The most vCPUs. */
    public static final int MAX_CPUS = 8;

    /** Interrupts for devices: the IOAPIC's pins but those of COM1 and below, and the two last. */
    private static final int FIRST_DEVICE_GSI = 5;

    private static final int POWER_BUTTON_GSI = 22;
    private static final int GENERATION_ID_GSI = 23;

    /** The most virtio-mmio devices. */
    public static final int MAX_DEVICES = POWER_BUTTON_GSI - FIRST_DEVICE_GSI;

    private static final int GENERATION_ID_SIZE = 16;
    private static final long WINDOW_ALIGNMENT = 1L << 30;

    private final GuestMemory memory;
    private final Vm vm;
    private final Bus ports = new Bus();
    private final Bus mmio = new Bus();
    private final Timeline timeline = new Timeline();
    private final BootTimer bootTimer = new BootTimer();
    private final List<IrqFd> interrupts = new ArrayList<>();
    private final List<Hardware.MmioDevice> devices = new ArrayList<>();
    private final List<MemoryWindow> windows = new CopyOnWriteArrayList<>();
    private final CompletableFuture<MachineExit> exit = new CompletableFuture<>();
    private final IrqFd powerButton;
    private final IrqFd generationId;
    private final Serial16550 serial;
    private final VcpuGroup vcpus;
    private boolean started;

    private Machine(Kvm kvm, int cpus, GuestMemory memory, SerialSink console) {
        this.memory = memory;
        vm = kvm.createVm();
        List<Vcpu> made = new ArrayList<>();
        try {
            vm.setTssAddress(Layout.KVM_TSS);
            vm.createIrqchip();
            vm.createPit();
            vm.setMemory(memory);
            for (int id = 0; id < cpus; id++) {
                made.add(vm.createVcpu(id));
            }
            configure(kvm, made);
            powerButton = interrupt(POWER_BUTTON_GSI);
            generationId = interrupt(GENERATION_ID_GSI);
            serial =
                    console == null
                            ? null
                            : new Serial16550(interrupt(Serial16550.COM1_GSI), console);
        } catch (RuntimeException e) {
            interrupts.forEach(IrqFd::close);
            made.forEach(Vcpu::close);
            vm.close();
            throw e;
        }
        attachPorts();
        vcpus = new VcpuGroup(made, memory, ports, mmio, this::repaired, this::ended);
        timeline.mark("machine");
    }

    /**
     * A machine without a kernel and without virtio devices.
     *
     * @param cpus 1 to {@link #MAX_CPUS}
     * @param memory the guest's, all zero; belongs to the machine from here on
     * @param console takes what the guest writes to COM1; null for a machine without COM1
     * @throws dev.jsbx.vmm.linux.LinuxException if the host refuses
     */
    public static Machine create(Kvm kvm, int cpus, GuestMemory memory, SerialSink console) {
        if (cpus < 1 || cpus > MAX_CPUS) {
            memory.close();
            throw new IllegalArgumentException(cpus + " vCPUs; a machine has 1 to " + MAX_CPUS);
        }
        try {
            return new Machine(kvm, cpus, memory, console);
        } catch (RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    private static void configure(Kvm kvm, List<Vcpu> vcpus) {
        CpuidTable supported = kvm.supportedCpuid();
        boolean tscDeadline = kvm.has(Capability.KVM_CAP_TSC_DEADLINE_TIMER);
        GuestCpuid cpuid = new GuestCpuid(supported, tscDeadline);
        // All CPUID tables before the first MSR: since Linux 6.13 MSRs depend on them.
        for (Vcpu vcpu : vcpus) {
            vcpu.setCpuid(cpuid.forVcpu(vcpu.id(), vcpus.size()));
        }
        vcpus.forEach(LinuxEntry::prepare);
    }

    private IrqFd interrupt(int gsi) {
        IrqFd line = vm.interrupt(gsi);
        interrupts.add(line);
        return line;
    }

    private void attachPorts() {
        Runnable reset = () -> end(reset());
        Runnable off = () -> end(MachineExit.of(Kind.POWER_OFF, "the guest powered off"));
        Runnable panic = () -> end(MachineExit.of(Kind.PANIC, "the guest's kernel panicked"));
        ports.attach(PowerPorts.PORTS, PowerPorts.LENGTH, new PowerPorts(off, reset));
        ports.attach(PanicPort.PORT, 1, new PanicPort(panic));
        ports.attach(
                KeyboardController.PORTS, KeyboardController.LENGTH, new KeyboardController(reset));
        ports.attach(BootTimer.PORT, 1, bootTimer);
        if (serial != null) {
            ports.attach(Serial16550.COM1, Serial16550.LENGTH, serial);
        }
    }

    /** A reset by a kernel that has not shut down is a panic's, with {@code panic=-1}. */
    private MachineExit reset() {
        return vcpus.clockRunsHere()
                ? MachineExit.of(Kind.PANIC, "the guest's kernel panicked: it reset while running")
                : MachineExit.of(Kind.RESET, "the guest rebooted");
    }

    /** The guest's memory. */
    public GuestMemory memory() {
        return memory;
    }

    /** Writes of the guest that signal eventfds, for device transports. */
    public Doorbells doorbells() {
        return vm.doorbells();
    }

    /** COM1, to send the guest input; null if the machine has none. */
    public Serial16550 serial() {
        return serial;
    }

    /**
     * The next free place for a virtio-mmio device; it becomes visible to the guest by {@link
     * #attach}. Before {@link #load} only.
     *
     * @throws IllegalStateException if all {@link #MAX_DEVICES} are taken
     */
    public MmioSlot nextSlot() {
        int index = devices.size();
        if (index == MAX_DEVICES) {
            throw new IllegalStateException("a machine has at most " + MAX_DEVICES + " devices");
        }
        long gpa = Layout.MMIO_DEVICES + index * Layout.MMIO_DEVICE_SIZE;
        int gsi = FIRST_DEVICE_GSI + index;
        devices.add(new Hardware.MmioDevice(gpa, (int) Layout.MMIO_DEVICE_SIZE, gsi));
        return new MmioSlot(index, gpa, gsi, interrupt(gsi));
    }

    /** Puts a device's registers at a slot's address. */
    public void attach(MmioSlot slot, BusDevice registers) {
        mmio.attach(slot.gpa(), Layout.MMIO_DEVICE_SIZE, registers);
    }

    /**
     * Address space above all memory for files that a device maps; nothing is there yet. Before
     * {@link #start} only.
     *
     * @param bytes a multiple of {@link MemoryWindow#UNIT}
     * @return closed with the machine
     * @throws dev.jsbx.vmm.linux.LinuxException if the host refuses
     */
    public MemoryWindow addWindow(long bytes) {
        MemoryWindow window = MemoryWindow.reserve(windowsEnd(), bytes, this::windowLost);
        try {
            int slot = memory.regions().size() + windows.size();
            vm.setMemorySlot(slot, window.gpa(), window.segment());
        } catch (RuntimeException e) {
            window.close();
            throw e;
        }
        windows.add(window);
        return window;
    }

    // Linux counts memory in sections of 128 MiB: none is to be half RAM, half window.
    private long windowsEnd() {
        long end = Math.max(GuestMemory.MMIO_HOLE_END, memory.regions().getLast().end());
        for (MemoryWindow window : windows) {
            end = window.gpa() + window.length();
        }
        return (end + WINDOW_ALIGNMENT - 1) / WINDOW_ALIGNMENT * WINDOW_ALIGNMENT;
    }

    private void windowLost() {
        end(MachineExit.of(Kind.ERROR, "the host refused to map a file into the guest"));
    }

    private boolean repaired() {
        boolean repaired = false;
        for (MemoryWindow window : windows) {
            repaired |= window.repair();
        }
        return repaired;
    }

    /**
     * Puts Linux into memory, with tables that describe this machine, and vCPU 0 in front of it.
     * All devices are attached by now.
     *
     * @throws IOException in one line, if a file cannot be read, is no kernel, or does not fit
     */
    public void load(LinuxImage image) throws IOException {
        long entry = image.load(memory);
        LinuxEntry.writeTables(memory);
        AcpiTables.write(
                memory,
                new Hardware(
                        vcpus.vcpus().size(),
                        serial != null,
                        POWER_BUTTON_GSI,
                        GENERATION_ID_GSI,
                        devices));
        writeGenerationId();
        LinuxEntry.enter(vcpus.vcpus().getFirst(), entry);
        timeline.mark("kernel loaded");
    }

    /** Lets the guest run, for the first time. */
    public void start() {
        timeline.mark("guest entered");
        started = true;
        vcpus.start();
    }

    /** Returns when no vCPU runs; devices go on with what the guest has asked for so far. */
    public void pause() throws InterruptedException {
        vcpus.pause();
    }

    /** Lets a paused guest run on, and tells its watchdogs about the gap. */
    public void resume() {
        vcpus.vcpus().forEach(Vcpu::announcePause);
        vcpus.resume();
    }

    /** Ends the machine from outside, unless it has ended; the guest gets no chance to tidy up. */
    public void stop() {
        end(MachineExit.of(Kind.STOPPED, "the machine was stopped"));
    }

    /** Asks the guest to shut down, as pressing its power button does. */
    public void pressPowerButton() {
        powerButton.raise();
    }

    /** Tells the guest that it is a copy now, so that its kernel takes fresh randomness. */
    public void renewGenerationId() {
        writeGenerationId();
        generationId.raise();
    }

    private void writeGenerationId() {
        Io.random(memory.address(Layout.VM_GENERATION_ID, GENERATION_ID_SIZE), GENERATION_ID_SIZE);
    }

    /** Completed when the machine has ended; its vCPUs may still be on their way out. */
    public CompletableFuture<MachineExit> exit() {
        return exit.copy();
    }

    /** Waits until the machine has ended and no vCPU runs any more. */
    public MachineExit awaitExit() throws InterruptedException {
        MachineExit why = exit.join();
        vcpus.join();
        return why;
    }

    private void ended(VcpuExit end) {
        Kind kind =
                switch (end.kind()) {
                    case SHUTDOWN -> Kind.TRIPLE_FAULT;
                    case RESET -> Kind.RESET;
                    case POWER_OFF -> Kind.POWER_OFF;
                    case CRASH -> Kind.PANIC;
                    case HALT, ERROR, KICKED -> Kind.ERROR;
                };
        end(new MachineExit(kind, end.message(), end.detail()));
    }

    private void end(MachineExit why) {
        if (exit.complete(why)) {
            timeline.mark("ended");
            vcpus.requestStop();
        }
    }

    /** How often the guest was left, and for what; most frequent first. */
    public List<ExitHistogram.Line> exits() {
        return vcpus.exits();
    }

    /** Where the time went. */
    public Timeline timeline() {
        return timeline;
    }

    /** What the guest said of its start. */
    public BootTimer bootTimer() {
        return bootTimer;
    }

    /** The vCPUs, to read their state while the machine is paused. */
    public List<Vcpu> vcpus() {
        return vcpus.vcpus();
    }

    /** The VM, to read the state of its in-kernel devices while the machine is paused. */
    public Vm vm() {
        return vm;
    }

    /**
     * Stops the machine and gives everything back. Whoever serves its devices has stopped serving:
     * guest memory is gone afterwards.
     */
    @Override
    public void close() {
        stop();
        boolean interrupted = false;
        while (started) {
            try {
                vcpus.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // a vCPU must not outlive its memory
            }
        }
        interrupts.forEach(IrqFd::close);
        vcpus.vcpus().forEach(Vcpu::close);
        vm.close();
        windows.forEach(MemoryWindow::close);
        memory.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

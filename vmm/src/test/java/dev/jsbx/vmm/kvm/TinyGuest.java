package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.bus.Bus;
import dev.jsbx.vmm.bus.BusDevice;
import dev.jsbx.vmm.memory.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Assumptions;

/**
 * A VM for tests, whose vCPU 0 starts in 64-bit mode, ring 0, at {@link #CODE}. Linear addresses
 * are guest physical ones: the first GiB, the last below 4 GiB (devices) and the first above. Small
 * enough for hosts whose KVM interprets the guest.
 */
final class TinyGuest implements AutoCloseable {
    static final int CODE = 0x10000;
    static final int STACK = 0x80000;
    static final long DEVICE = 0xc0000000L;
    static final long HIGH = 4L << 30;

    private static final int GDT = 0x500;
    private static final int IDT = 0x1000;
    private static final int PML4 = 0x2000;
    private static final int PDPT = 0x3000;
    private static final int PD = 0x4000;
    private static final long CODE_DESCRIPTOR = 0x00af9b000000ffffL;
    private static final long DATA_DESCRIPTOR = 0x00cf93000000ffffL;

    final Kvm kvm;
    final Vm vm;
    final GuestMemory memory;
    final Bus ports = new Bus();
    final Bus mmio = new Bus();
    final ExitHistogram histogram = new ExitHistogram();
    final BlockingQueue<VcpuExit> exits = new LinkedBlockingQueue<>();
    final Vcpu vcpu;
    final VcpuLoop loop;

    TinyGuest(boolean irqchip) throws KvmUnavailableException {
        this(irqchip, 4 << 20);
    }

    TinyGuest(boolean irqchip, long bytes) throws KvmUnavailableException {
        kvm = Kvm.open();
        vm = kvm.createVm();
        memory = GuestMemory.allocate(bytes, false);
        vm.setTssAddress(0xfffbd000L);
        vm.setMemory(memory);
        if (irqchip) {
            vm.createIrqchip();
        }
        vcpu = newVcpu(0);
        loop = loop(vcpu);
        tables();
    }

    static void assumeKvm() {
        Assumptions.assumeTrue(
                Files.isReadable(Path.of("/dev/kvm")) && Files.isWritable(Path.of("/dev/kvm")),
                "no /dev/kvm that this user may open");
    }

    Vcpu newVcpu(int id) {
        Vcpu cpu = vm.createVcpu(id);
        cpu.setCpuid(new GuestCpuid(kvm.supportedCpuid(), true).forVcpu(id, 2));
        return cpu;
    }

    VcpuLoop loop(Vcpu cpu) {
        return new VcpuLoop(cpu, memory, ports, mmio, histogram);
    }

    private void tables() {
        set(GDT + 8, CODE_DESCRIPTOR);
        set(GDT + 16, DATA_DESCRIPTOR);
        set(PML4, PDPT | 3);
        int[] gibibytes = {0, 3, 4};
        for (int i = 0; i < gibibytes.length; i++) {
            int directory = PD + i * 0x1000;
            set(PDPT + gibibytes[i] * 8, directory | 3);
            for (int page = 0; page < 512; page++) {
                set(directory + page * 8, (long) gibibytes[i] << 30 | (long) page << 21 | 0x83);
            }
        }
    }

    /** Lets vector {@code vector} go to the code at {@code handler}. */
    TinyGuest gate(int vector, long handler) {
        set(IDT + vector * 16, handler & 0xffff | 8 << 16 | 0x8e00L << 32);
        set(IDT + vector * 16 + 8, 0);
        return this;
    }

    /** Puts code into memory, given as hexadecimal, and the vCPU in front of it. */
    TinyGuest code(String hex) {
        put(CODE, hex);
        return enter();
    }

    TinyGuest put(long gpa, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        MemorySegment.copy(
                bytes, 0, memory.slice(gpa, bytes.length), ValueLayout.JAVA_BYTE, 0, bytes.length);
        return this;
    }

    /** Puts the vCPU in front of its code, again. */
    TinyGuest enter() {
        Sregs sregs = vcpu.sregs();
        Segment data = Segment.of(DATA_DESCRIPTOR, 16);
        for (SegmentRegister register : SegmentRegister.values()) {
            if (register.ordinal() <= SegmentRegister.SS.ordinal()) {
                sregs.segment(register, data);
            }
        }
        sregs.segment(SegmentRegister.CS, Segment.of(CODE_DESCRIPTOR, 8))
                .gdt(GDT, 23)
                .idt(IDT, 0xfff)
                .set(ControlRegister.CR0, 0x80000011L)
                .set(ControlRegister.CR3, PML4)
                .set(ControlRegister.CR4, ControlRegister.CR4_PAE)
                .set(ControlRegister.EFER, ControlRegister.EFER_LME | ControlRegister.EFER_LMA);
        vcpu.setSregs(sregs);
        vcpu.setRegs(new Regs().set(Register.RIP, CODE).set(Register.RSP, STACK));
        return this;
    }

    /** Runs on this thread until something other than a device's exit happens. */
    VcpuExit run() {
        return loop.run();
    }

    VcpuThread thread() {
        return thread(vcpu, loop);
    }

    VcpuThread thread(Vcpu cpu, VcpuLoop its) {
        VcpuThread thread = new VcpuThread(cpu, its, "tiny-" + cpu.id(), exits::add);
        thread.start();
        return thread;
    }

    /** The next exit that a thread reports; null after 10 s. */
    VcpuExit awaitExit() throws InterruptedException {
        return exits.poll(10, TimeUnit.SECONDS);
    }

    /** A device that takes what is written to it, and reads as 0. */
    static BusDevice sink(IntConsumer taker) {
        return new BusDevice() {
            @Override
            public long read(long offset, int size) {
                return 0;
            }

            @Override
            public void write(long offset, int size, long value) {
                taker.accept((int) value);
            }
        };
    }

    long get(long gpa) {
        return memory.slice(gpa, 8).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
    }

    void set(long gpa, long value) {
        memory.slice(gpa, 8).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
    }

    @Override
    public void close() {
        vcpu.close();
        vm.close();
        memory.close();
        kvm.close();
    }
}

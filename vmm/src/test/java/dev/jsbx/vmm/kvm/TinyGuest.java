package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.bus.Bus;
import dev.jsbx.vmm.memory.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A VM for tests with 4 MiB or more of memory, whose vCPUs start in 16-bit real mode at {@link
 * #CODE} with all segments at 0. Small enough for hosts whose KVM interprets the guest.
 */
final class TinyGuest implements AutoCloseable {
    static final int CODE = 0x1000;

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
        loop = new VcpuLoop(vcpu, memory, ports, mmio, histogram);
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

    /** Puts code into memory, given as hexadecimal, and the vCPU in front of it. */
    TinyGuest code(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        MemorySegment.copy(
                MemorySegment.ofArray(bytes), 0, memory.slice(CODE, bytes.length), 0, bytes.length);
        enter(vcpu);
        return this;
    }

    static void enter(Vcpu cpu) {
        Sregs sregs = cpu.sregs();
        // Real mode: 64 KiB segments, present, readable and writable data, readable code.
        Segment data = new Segment(0, 0xffff, 0, Segment.access(3, true, 0, true), 0);
        for (SegmentRegister register :
                new SegmentRegister[] {
                    SegmentRegister.DS,
                    SegmentRegister.ES,
                    SegmentRegister.FS,
                    SegmentRegister.GS,
                    SegmentRegister.SS
                }) {
            sregs.segment(register, data);
        }
        sregs.segment(
                SegmentRegister.CS,
                new Segment(0, 0xffff, 0, Segment.access(11, true, 0, true), 0));
        cpu.setSregs(sregs);
        cpu.setRegs(new Regs().set(Register.RIP, CODE).set(Register.RSP, 0x8000));
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

    int word(long gpa) {
        return memory.slice(gpa, 4).get(ValueLayout.JAVA_INT_UNALIGNED, 0);
    }

    @Override
    public void close() {
        vcpu.close();
        vm.close();
        memory.close();
        kvm.close();
    }
}

package dev.jsbx.bench;

import dev.jsbx.vmm.bus.Bus;
import dev.jsbx.vmm.bus.BusDevice;
import dev.jsbx.vmm.kvm.ExitHistogram;
import dev.jsbx.vmm.kvm.Kvm;
import dev.jsbx.vmm.kvm.Register;
import dev.jsbx.vmm.kvm.Regs;
import dev.jsbx.vmm.kvm.Segment;
import dev.jsbx.vmm.kvm.SegmentRegister;
import dev.jsbx.vmm.kvm.Sregs;
import dev.jsbx.vmm.kvm.Vcpu;
import dev.jsbx.vmm.kvm.VcpuExit;
import dev.jsbx.vmm.kvm.VcpuLoop;
import dev.jsbx.vmm.kvm.Vm;
import dev.jsbx.vmm.memory.GuestMemory;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
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
 * One round trip: into the guest, {@code out 0x10, al}, out again, through the vCPU loop and the
 * bus to a device.
 */
@State(Scope.Thread)
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
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
public class PortExit {
    private static final int CODE = 0x1000;
    private static final int PORT = 0x10;

    /** Keeps the last value, so that nothing is optimised away. */
    private static final class Latch implements BusDevice {
        private long last;

        @Override
        public long read(long offset, int size) {
            return last;
        }

        @Override
        public void write(long offset, int size, long value) {
            last = value;
        }
    }

    private Kvm kvm;
    private GuestMemory memory;
    private Vm vm;
    private Vcpu vcpu;
    private VcpuLoop loop;

    /** A VM with one vCPU in real mode, in front of two instructions. */
    @Setup
    public void open() throws IOException {
        kvm = Kvm.open();
        memory = GuestMemory.allocate(2 << 20, false);
        vm = kvm.createVm();
        vm.setTssAddress(0xfffbd000L);
        vm.setMemory(memory);
        vcpu = vm.createVcpu(0);
        // out 0x10, al; jmp
        memory.slice(CODE, 4).set(ValueLayout.JAVA_INT, 0, 0xfceb10e6);
        Sregs sregs = vcpu.sregs();
        Segment code = sregs.segment(SegmentRegister.CS);
        sregs.segment(
                SegmentRegister.CS, new Segment(0, code.limit(), 0, code.access(), code.flags()));
        vcpu.setSregs(sregs);
        vcpu.setRegs(new Regs().set(Register.RIP, CODE));
        Bus ports = new Bus();
        ports.attach(PORT, 1, new Latch());
        loop = new VcpuLoop(vcpu, memory, ports, new Bus(), new ExitHistogram());
    }

    /** Gives the VM back. */
    @TearDown
    public void close() {
        vcpu.close();
        vm.close();
        memory.close();
        kvm.close();
    }

    /** One exit; null, because the guest goes on. */
    @Benchmark
    public VcpuExit exit() {
        VcpuExit end = loop.step();
        if (end != null) {
            throw new IllegalStateException(end.message());
        }
        return end;
    }
}

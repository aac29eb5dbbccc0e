package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.bus.Bus;
import dev.jsbx.vmm.bus.BusDevice;
import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.memory.GuestMemory;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whether the KVM of this host can run an operating system.
 *
 * <p>That {@code /dev/kvm} opens is not enough. Some hosts' KVM interprets the guest's ring 0, at a
 * few million instructions a second, without all instructions, and does not raise the privilege on
 * {@code syscall}. A guest of some 100 bytes finds out: a loop in ring 0 is timed, CPUID masking is
 * looked at, {@code syscall} and {@code sysret} go from ring 3 to ring 0 and back, {@code fwait}
 * executes. It takes a few milliseconds.
 */
public final class SelfTest {
    /**
     * Slower than this, and ring 0 is interpreted; ns per instruction. Hardware needs below 1, the
     * emulated host of the lab some 5, and up to 100 while others keep its processors busy;
     * interpreters need above 200, and fail what follows as well.
     */
    private static final long INTERPRETED = 150;

    /** Above what the slowest usable host needs by a factor of 100. */
    private static final long DEADLINE_MILLIS = 5000;

    /** Two in each round: an exit lies between them, the loop and an exit up to the next. */
    private static final int MARKS = 2 * SelfTestGuest.ROUNDS + 1;

    /** How far the guest came, as its ports told. Written by the vCPU's thread only. */
    private static final class Progress implements BusDevice {
        private final long[] marks = new long[MARKS];
        private int marked;
        private boolean cpuid;
        private int syscalls;
        private boolean done;
        private int exception = -1;
        private Vcpu vcpu;

        @Override
        public long read(long port, int size) {
            return 0;
        }

        @Override
        public void write(long port, int size, long value) {
            switch ((int) port) {
                case SelfTestGuest.PORT_MARK -> {
                    if (marked < MARKS) {
                        marks[marked++] = System.nanoTime();
                    }
                }
                case SelfTestGuest.PORT_CPUID -> cpuid = (int) value == SelfTestGuest.CPUID_EBX;
                case SelfTestGuest.PORT_SYSCALL -> syscalls += fromUserToKernel() ? 1 : 0;
                case SelfTestGuest.PORT_DONE -> done = true;
                case SelfTestGuest.PORT_EXCEPTION -> exception = (int) value;
                default -> {}
            }
        }

        /** The caller was in ring 3, and its handler is in ring 0. */
        private boolean fromUserToKernel() {
            Register said = syscalls == 0 ? Register.RBX : Register.RDX;
            boolean user = (vcpu.regs().get(said) & 3) == 3;
            return user && vcpu.sregs().segment(SegmentRegister.CS).dpl() == 0;
        }

        private long exitNanos() {
            return leastUpTo(1);
        }

        private double nanosPerInstruction() {
            long loop = Math.max(0, leastUpTo(2) - exitNanos());
            return loop / (2.0 * SelfTestGuest.ITERATIONS);
        }

        /** The least time up to every second mark from that one on. */
        private long leastUpTo(int first) {
            long least = Long.MAX_VALUE;
            for (int i = first; i < MARKS; i += 2) {
                least = Math.min(least, Math.max(0, marks[i] - marks[i - 1]));
            }
            return least;
        }
    }

    private SelfTest() {}

    /** Runs the test. Never throws: what goes wrong is the result. */
    public static SelfTestResult run() {
        return run(Kvm.DEVICE);
    }

    static SelfTestResult run(Path device) {
        long start = System.nanoTime();
        try (Kvm kvm = Kvm.open(device);
                GuestMemory memory = GuestMemory.allocate(SelfTestGuest.MEMORY, false);
                Vm vm = kvm.createVm()) {
            SelfTestGuest.load(memory);
            vm.setTssAddress(0xfffbd000L);
            vm.setMemory(memory);
            try (Vcpu vcpu = vm.createVcpu(0)) {
                CpuidTable cpuid = kvm.supportedCpuid();
                cpuid.add(1, 0, 0).ebx(SelfTestGuest.CPUID_EBX);
                vcpu.setCpuid(cpuid);
                SelfTestGuest.enter(vcpu);
                return judge(vcpu, memory, start);
            }
        } catch (KvmUnavailableException e) {
            return SelfTestResult.unavailable(e.getMessage());
        } catch (LinuxException | IllegalArgumentException e) {
            return SelfTestResult.unavailable("KVM refuses a simple guest: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return SelfTestResult.unavailable("KVM self-test was interrupted");
        }
    }

    private static SelfTestResult judge(Vcpu vcpu, GuestMemory memory, long start)
            throws InterruptedException {
        Progress progress = new Progress();
        progress.vcpu = vcpu;
        Bus ports = new Bus();
        ports.attach(0, 0x100, progress);
        CompletableFuture<VcpuExit> ended = new CompletableFuture<>();
        VcpuLoop loop = new VcpuLoop(vcpu, memory, ports, new Bus(), new ExitHistogram());
        VcpuThread thread = new VcpuThread(vcpu, loop, "kvm-self-test", ended::complete);
        thread.start();
        thread.resume();
        VcpuExit exit = null;
        try {
            exit = ended.get(DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException hangs) {
            // The verdict below says so.
        } catch (ExecutionException e) {
            throw new AssertionError("nobody completes it exceptionally", e);
        } finally {
            thread.requestStop();
            thread.join();
        }
        return new SelfTestResult(
                verdict(progress, exit),
                progress.nanosPerInstruction(),
                progress.exitNanos() / 1e3,
                progress.cpuid,
                progress.syscalls == 2,
                progress.done,
                (System.nanoTime() - start) / 1000);
    }

    /** Empty if the host can run Linux. */
    private static String verdict(Progress progress, VcpuExit exit) {
        if (exit == null) {
            return "its guest does not come back within " + DEADLINE_MILLIS + " ms";
        }
        if (progress.marked < MARKS) {
            return "its guest does not get through a loop: " + exit.message();
        }
        if (progress.nanosPerInstruction() > INTERPRETED) {
            return "it interprets guest kernel mode ("
                    + Math.round(progress.nanosPerInstruction())
                    + " ns an instruction)"
                    + (progress.syscalls < 2 ? " and does not raise privilege on syscall" : "");
        }
        if (progress.syscalls < 2) {
            return "syscall and sysret do not work in it"
                    + (progress.exception >= 0 ? " (exception " + progress.exception + ")" : "");
        }
        if (!progress.done) {
            return "it lacks instructions: " + exit.message();
        }
        return progress.cpuid ? "" : "it ignores the CPUID table that it is given";
    }
}

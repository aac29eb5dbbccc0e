package dev.jsbx.vmm.machine;

import dev.jsbx.vmm.bus.Bus;
import dev.jsbx.vmm.kvm.ExitHistogram;
import dev.jsbx.vmm.kvm.Msr;
import dev.jsbx.vmm.kvm.Vcpu;
import dev.jsbx.vmm.kvm.VcpuExit;
import dev.jsbx.vmm.kvm.VcpuLoop;
import dev.jsbx.vmm.kvm.VcpuThread;
import dev.jsbx.vmm.memory.GuestMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** All vCPUs of a machine with their threads, to be moved as one. */
final class VcpuGroup {
    private final List<Vcpu> vcpus;
    private final List<VcpuThread> threads = new ArrayList<>();
    private final List<ExitHistogram> histograms = new ArrayList<>();

    VcpuGroup(
            List<Vcpu> vcpus,
            GuestMemory memory,
            Bus ports,
            Bus mmio,
            BooleanSupplier memoryFaults,
            Consumer<VcpuExit> listener) {
        this.vcpus = List.copyOf(vcpus);
        for (Vcpu vcpu : vcpus) {
            ExitHistogram histogram = new ExitHistogram();
            VcpuLoop loop = new VcpuLoop(vcpu, memory, ports, mmio, histogram);
            loop.onMemoryFault(memoryFaults);
            histograms.add(histogram);
            threads.add(new VcpuThread(vcpu, loop, "vcpu-" + vcpu.id(), listener));
        }
    }

    List<Vcpu> vcpus() {
        return vcpus;
    }

    List<ExitHistogram.Line> exits() {
        return ExitHistogram.merge(histograms);
    }

    /**
     * Whether the guest uses kvm-clock on the vCPU whose thread is calling. Linux turns it off on
     * all CPUs when it shuts down in order; a panic leaves it on.
     */
    boolean clockRunsHere() {
        for (int i = 0; i < threads.size(); i++) {
            if (threads.get(i).isCurrent()) {
                try {
                    return (vcpus.get(i).msrs(Msr.KVM_SYSTEM_TIME_NEW)[0] & 1) != 0;
                } catch (IllegalArgumentException noSuchClock) {
                    return false;
                }
            }
        }
        return false;
    }

    void start() {
        threads.forEach(VcpuThread::start);
        resume();
    }

    void resume() {
        threads.forEach(VcpuThread::resume);
    }

    /** Returns when no vCPU runs guest code any more. */
    void pause() throws InterruptedException {
        threads.forEach(VcpuThread::requestPause); // all first, so that they stop together
        for (VcpuThread thread : threads) {
            thread.awaitParked();
        }
    }

    /** Does not wait, and may be called on a vCPU's thread. */
    void requestStop() {
        threads.forEach(VcpuThread::requestStop);
    }

    void join() throws InterruptedException {
        for (VcpuThread thread : threads) {
            thread.join();
        }
    }
}

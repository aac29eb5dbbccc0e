package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.bus.Bus;
import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.Ioctl;
import dev.jsbx.vmm.memory.GuestMemory;
import java.util.function.BooleanSupplier;

/**
 * The exit loop of one vCPU: enter the guest, answer the exit, again. Runs on the vCPU's own
 * platform thread and allocates nothing until it ends.
 */
public final class VcpuLoop {
    private static final long RUN = Request.KVM_RUN.number();

    private final Vcpu vcpu;
    private final KvmRun run;
    private final int fd;
    private final GuestMemory memory;
    private final Bus ports;
    private final Bus mmio;
    private final ExitHistogram histogram;
    private BooleanSupplier faults = () -> false;

    /**
     * @param memory the guest's, to show the instruction at fault in reports
     * @param ports where port accesses go
     * @param mmio where accesses to guest physical addresses without memory go
     * @param histogram counts the exits
     */
    public VcpuLoop(Vcpu vcpu, GuestMemory memory, Bus ports, Bus mmio, ExitHistogram histogram) {
        this.vcpu = vcpu;
        this.run = vcpu.run();
        this.fd = vcpu.fd().number();
        this.memory = memory;
        this.ports = ports;
        this.mmio = mmio;
        this.histogram = histogram;
    }

    /**
     * What to do where the guest has met a page with nothing behind it; before the first run.
     *
     * @param handler says whether that has changed, so that the guest can try again
     */
    public void onMemoryFault(BooleanSupplier handler) {
        faults = handler;
    }

    /**
     * Runs the guest until something ends it.
     *
     * @return why; a kick is {@link VcpuExit#KICKED}
     */
    public VcpuExit run() {
        VcpuExit end;
        do {
            end = step();
        } while (end == null);
        return end;
    }

    /**
     * Enters the guest once, and answers the exit if it was for a device.
     *
     * @return null to go on, else what ended the run
     */
    public VcpuExit step() {
        long result = Ioctl.raw(fd, RUN, 0);
        if (result < 0) {
            return switch ((int) -result) {
                // EAGAIN: an application processor was woken by INIT or SIPI.
                case Errno.EAGAIN -> null;
                case Errno.EINTR -> VcpuExit.KICKED;
                case Errno.EFAULT -> faults.getAsBoolean() ? null : memoryFault();
                default -> VcpuExit.failure(vcpu, memory, (int) -result);
            };
        }
        switch (run.exitReason()) {
            case ExitReason.KVM_EXIT_IO -> port();
            case ExitReason.KVM_EXIT_MMIO -> mmio();
            case ExitReason.KVM_EXIT_INTR, ExitReason.KVM_EXIT_IRQ_WINDOW_OPEN -> {}
            default -> {
                histogram.count(run.exitReason(), 0);
                return VcpuExit.of(vcpu, memory);
            }
        }
        return null;
    }

    private VcpuExit memoryFault() {
        return VcpuExit.failure(vcpu, memory, Errno.EFAULT);
    }

    private void port() {
        int port = run.ioPort();
        int size = run.ioSize();
        long at = run.ioDataOffset();
        histogram.count(ExitReason.KVM_EXIT_IO, port);
        // More than one for INS and OUTS; KVM splits what does not fit its page.
        for (int i = run.ioCount(); i > 0; i--) {
            if (run.ioOut()) {
                ports.write(port, size, run.data(at, size));
            } else {
                run.data(at, size, ports.read(port, size));
            }
            at += size;
        }
    }

    private void mmio() {
        long gpa = run.mmioAddress();
        int length = run.mmioLength();
        histogram.count(ExitReason.KVM_EXIT_MMIO, gpa);
        // An access across a page or a device arrives in pieces, of 3 bytes for example.
        int step = Integer.bitCount(length) == 1 ? length : 1;
        for (int i = 0; i < length; i += step) {
            long at = run.mmioDataOffset() + i;
            if (run.mmioWrite()) {
                mmio.write(gpa + i, step, run.data(at, step));
            } else {
                run.data(at, step, mmio.read(gpa + i, step));
            }
        }
    }
}

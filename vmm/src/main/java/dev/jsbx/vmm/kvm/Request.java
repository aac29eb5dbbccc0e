package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Ioctl;
import java.lang.foreign.MemorySegment;

/**
 * KVM's ioctls, by the names and numbers of {@code include/uapi/linux/kvm.h}; sizes are those of
 * x86-64's structures.
 */
enum Request {
    // On /dev/kvm.
    KVM_GET_API_VERSION(Ioctl.io(Request.KVMIO, 0x00)),
    KVM_CREATE_VM(Ioctl.io(Request.KVMIO, 0x01)),
    KVM_GET_MSR_INDEX_LIST(Ioctl.iowr(Request.KVMIO, 0x02, 4)),
    KVM_CHECK_EXTENSION(Ioctl.io(Request.KVMIO, 0x03)),
    KVM_GET_VCPU_MMAP_SIZE(Ioctl.io(Request.KVMIO, 0x04)),
    KVM_GET_SUPPORTED_CPUID(Ioctl.iowr(Request.KVMIO, 0x05, 8)),

    // On a VM.
    KVM_CREATE_VCPU(Ioctl.io(Request.KVMIO, 0x41)),
    KVM_SET_USER_MEMORY_REGION(Ioctl.iow(Request.KVMIO, 0x46, 32)),
    KVM_SET_TSS_ADDR(Ioctl.io(Request.KVMIO, 0x47)),
    KVM_CREATE_IRQCHIP(Ioctl.io(Request.KVMIO, 0x60)),
    KVM_GET_IRQCHIP(Ioctl.iowr(Request.KVMIO, 0x62, 520)),
    KVM_SET_IRQCHIP(Ioctl.ior(Request.KVMIO, 0x63, 520)),
    KVM_IRQFD(Ioctl.iow(Request.KVMIO, 0x76, 32)),
    KVM_CREATE_PIT2(Ioctl.iow(Request.KVMIO, 0x77, 64)),
    KVM_IOEVENTFD(Ioctl.iow(Request.KVMIO, 0x79, 64)),
    KVM_SET_CLOCK(Ioctl.iow(Request.KVMIO, 0x7b, 48)),
    KVM_GET_CLOCK(Ioctl.ior(Request.KVMIO, 0x7c, 48)),
    KVM_GET_PIT2(Ioctl.ior(Request.KVMIO, 0x9f, 112)),
    KVM_SET_PIT2(Ioctl.iow(Request.KVMIO, 0xa0, 112)),
    KVM_SIGNAL_MSI(Ioctl.iow(Request.KVMIO, 0xa5, 32)),

    // On a vCPU.
    KVM_RUN(Ioctl.io(Request.KVMIO, 0x80)),
    KVM_GET_REGS(Ioctl.ior(Request.KVMIO, 0x81, 144)),
    KVM_SET_REGS(Ioctl.iow(Request.KVMIO, 0x82, 144)),
    KVM_GET_SREGS(Ioctl.ior(Request.KVMIO, 0x83, 312)),
    KVM_SET_SREGS(Ioctl.iow(Request.KVMIO, 0x84, 312)),
    KVM_TRANSLATE(Ioctl.iowr(Request.KVMIO, 0x85, 24)),
    KVM_GET_MSRS(Ioctl.iowr(Request.KVMIO, 0x88, 8)),
    KVM_SET_MSRS(Ioctl.iow(Request.KVMIO, 0x89, 8)),
    KVM_SET_SIGNAL_MASK(Ioctl.iow(Request.KVMIO, 0x8b, 4)),
    KVM_GET_FPU(Ioctl.ior(Request.KVMIO, 0x8c, 416)),
    KVM_SET_FPU(Ioctl.iow(Request.KVMIO, 0x8d, 416)),
    KVM_GET_LAPIC(Ioctl.ior(Request.KVMIO, 0x8e, 1024)),
    KVM_SET_LAPIC(Ioctl.iow(Request.KVMIO, 0x8f, 1024)),
    KVM_SET_CPUID2(Ioctl.iow(Request.KVMIO, 0x90, 8)),
    KVM_GET_CPUID2(Ioctl.iowr(Request.KVMIO, 0x91, 8)),
    KVM_GET_MP_STATE(Ioctl.ior(Request.KVMIO, 0x98, 4)),
    KVM_SET_MP_STATE(Ioctl.iow(Request.KVMIO, 0x99, 4)),
    KVM_GET_VCPU_EVENTS(Ioctl.ior(Request.KVMIO, 0x9f, 64)),
    KVM_SET_VCPU_EVENTS(Ioctl.iow(Request.KVMIO, 0xa0, 64)),
    KVM_GET_DEBUGREGS(Ioctl.ior(Request.KVMIO, 0xa1, 128)),
    KVM_SET_DEBUGREGS(Ioctl.iow(Request.KVMIO, 0xa2, 128)),
    KVM_SET_TSC_KHZ(Ioctl.io(Request.KVMIO, 0xa2)),
    KVM_GET_TSC_KHZ(Ioctl.io(Request.KVMIO, 0xa3)),
    KVM_GET_XSAVE(Ioctl.ior(Request.KVMIO, 0xa4, 4096)),
    KVM_SET_XSAVE(Ioctl.iow(Request.KVMIO, 0xa5, 4096)),
    KVM_GET_XCRS(Ioctl.ior(Request.KVMIO, 0xa6, 392)),
    KVM_SET_XCRS(Ioctl.iow(Request.KVMIO, 0xa7, 392)),
    KVM_KVMCLOCK_CTRL(Ioctl.io(Request.KVMIO, 0xad));

    private static final int KVMIO = 0xae;

    private final long number;

    Request(long number) {
        this.number = number;
    }

    long number() {
        return number;
    }

    /** Throws a LinuxException that names the request if the kernel refuses. */
    int call(Fd fd, long argument) {
        return Ioctl.call(fd, number, name(), argument);
    }

    /** The same, with a structure in native memory. */
    int call(Fd fd, MemorySegment structure) {
        return Ioctl.call(fd, number, name(), structure);
    }

    /** For requests that may be refused: the kernel's answer, or {@code -errno}. */
    long attempt(Fd fd, long argument) {
        return Ioctl.raw(fd.number(), number, argument);
    }
}

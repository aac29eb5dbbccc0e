package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The hypervisor of this host: {@code /dev/kvm}, what it can do, and the virtual machines made from
 * it. Any thread may use it.
 */
public final class Kvm implements AutoCloseable {
    /** Where Linux has it. */
    public static final Path DEVICE = Path.of("/dev/kvm");

    /** The only version there has been since 2007. */
    private static final int API_VERSION = 12;

    /** More MSRs than any kernel lists. */
    private static final int MAX_MSRS = 1024;

    private static final List<Capability> NEEDED =
            List.of(
                    Capability.KVM_CAP_IRQCHIP,
                    Capability.KVM_CAP_USER_MEMORY,
                    Capability.KVM_CAP_SET_TSS_ADDR,
                    Capability.KVM_CAP_EXT_CPUID,
                    Capability.KVM_CAP_MP_STATE,
                    Capability.KVM_CAP_IRQ_ROUTING,
                    Capability.KVM_CAP_IRQFD,
                    Capability.KVM_CAP_PIT2,
                    Capability.KVM_CAP_PIT_STATE2,
                    Capability.KVM_CAP_IOEVENTFD,
                    Capability.KVM_CAP_ADJUST_CLOCK,
                    Capability.KVM_CAP_VCPU_EVENTS,
                    Capability.KVM_CAP_DEBUGREGS,
                    Capability.KVM_CAP_XSAVE,
                    Capability.KVM_CAP_XCRS,
                    Capability.KVM_CAP_SIGNAL_MSI,
                    Capability.KVM_CAP_IMMEDIATE_EXIT);

    private final Fd fd;
    private final Map<Capability, Integer> capabilities = new EnumMap<>(Capability.class);

    private Kvm(Fd fd) {
        this.fd = fd;
    }

    /**
     * Opens {@code /dev/kvm}.
     *
     * @throws KvmUnavailableException if there is none, it may not be opened, or it is too old
     */
    public static Kvm open() throws KvmUnavailableException {
        return open(DEVICE);
    }

    static Kvm open(Path device) throws KvmUnavailableException {
        Fd fd;
        try {
            fd = Files.open(device, Files.O_RDWR);
        } catch (LinuxException e) {
            throw new KvmUnavailableException(device + ": " + e.reason() + "; " + hint(e.errno()));
        }
        try {
            Kvm kvm = new Kvm(fd);
            kvm.check(device);
            return kvm;
        } catch (KvmUnavailableException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private static String hint(int errno) {
        return switch (errno) {
            case Errno.EACCES, Errno.EPERM ->
                    "add yourself to the group that owns it (usermod -aG kvm), or use --engine qemu";
            case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO ->
                    "turn on virtualization in the firmware and load kvm-intel or kvm-amd, or use"
                            + " --engine qemu";
            default -> "use --engine qemu";
        };
    }

    private void check(Path device) throws KvmUnavailableException {
        int version;
        try {
            version = Request.KVM_GET_API_VERSION.call(fd, 0);
        } catch (LinuxException e) {
            throw new KvmUnavailableException(device + " is not KVM: " + e.reason());
        }
        if (version != API_VERSION) {
            throw new KvmUnavailableException(
                    device + " speaks API version " + version + ", not " + API_VERSION);
        }
        for (Capability capability : NEEDED) {
            if (!has(capability)) {
                throw new KvmUnavailableException(
                        device
                                + " lacks "
                                + capability
                                + "; Linux 5.10 or newer has it, or use --engine qemu");
            }
        }
    }

    /** The kernel's answer about a capability: 0 means no, 1 yes, more a number. */
    public int capability(Capability capability) {
        synchronized (capabilities) {
            return capabilities.computeIfAbsent(
                    capability, c -> Request.KVM_CHECK_EXTENSION.call(fd, c.number()));
        }
    }

    public boolean has(Capability capability) {
        return capability(capability) > 0;
    }

    /** The CPUID leaves that this KVM can offer a guest, before they are made to fit one. */
    public CpuidTable supportedCpuid() {
        return CpuidTable.read(fd, Request.KVM_GET_SUPPORTED_CPUID);
    }

    /** The model-specific registers that {@link Vcpu#msrs} can read. */
    public int[] msrIndexes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(4 + 4L * MAX_MSRS, 4);
            list.set(ValueLayout.JAVA_INT, 0, MAX_MSRS);
            Request.KVM_GET_MSR_INDEX_LIST.call(fd, list);
            int count = list.get(ValueLayout.JAVA_INT, 0);
            return list.asSlice(4, 4L * count).toArray(ValueLayout.JAVA_INT);
        }
    }

    /** A new virtual machine without memory or CPUs. */
    public Vm createVm() {
        long result;
        do {
            // A signal may interrupt the start of the VM's kernel thread.
            result = Request.KVM_CREATE_VM.attempt(fd, 0);
        } while (result == -Errno.EINTR);
        if (result < 0) {
            throw new LinuxException((int) -result, "ioctl(KVM_CREATE_VM)");
        }
        return new Vm(this, Fd.owning((int) result));
    }

    /** Bytes of the structure that a vCPU shares with its user. */
    int runSize() {
        return Request.KVM_GET_VCPU_MMAP_SIZE.call(fd, 0);
    }

    @Override
    public void close() {
        fd.close();
    }
}

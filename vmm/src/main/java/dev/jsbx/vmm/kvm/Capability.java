package dev.jsbx.vmm.kvm;

/** What a KVM can do ({@code KVM_CHECK_EXTENSION}), by the names of {@code linux/kvm.h}. */
public enum Capability {
    KVM_CAP_IRQCHIP(0),
    KVM_CAP_USER_MEMORY(3),
    KVM_CAP_SET_TSS_ADDR(4),
    KVM_CAP_EXT_CPUID(7),
    /** Answers with the recommended number of vCPUs. */
    KVM_CAP_NR_VCPUS(9),
    KVM_CAP_NR_MEMSLOTS(10),
    KVM_CAP_MP_STATE(14),
    KVM_CAP_IRQ_ROUTING(25),
    KVM_CAP_IRQFD(32),
    KVM_CAP_PIT2(33),
    KVM_CAP_PIT_STATE2(35),
    KVM_CAP_IOEVENTFD(36),
    KVM_CAP_ADJUST_CLOCK(39),
    KVM_CAP_VCPU_EVENTS(41),
    KVM_CAP_DEBUGREGS(50),
    KVM_CAP_XSAVE(55),
    KVM_CAP_XCRS(56),
    KVM_CAP_TSC_CONTROL(60),
    KVM_CAP_GET_TSC_KHZ(61),
    /** Answers with the most vCPUs of one VM. */
    KVM_CAP_MAX_VCPUS(66),
    KVM_CAP_TSC_DEADLINE_TIMER(72),
    KVM_CAP_KVMCLOCK_CTRL(76),
    KVM_CAP_SIGNAL_MSI(77),
    KVM_CAP_IMMEDIATE_EXIT(136);

    private final int number;

    Capability(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}

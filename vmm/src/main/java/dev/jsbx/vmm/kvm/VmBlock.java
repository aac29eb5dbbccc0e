package dev.jsbx.vmm.kvm;

/** State of a VM's in-kernel devices that is read and written as one opaque structure. */
public enum VmBlock {
    PIT2(Request.KVM_GET_PIT2, Request.KVM_SET_PIT2, 112, VmBlock.NO_CHIP),
    CLOCK(Request.KVM_GET_CLOCK, Request.KVM_SET_CLOCK, 48, VmBlock.NO_CHIP),
    PIC_MASTER(Request.KVM_GET_IRQCHIP, Request.KVM_SET_IRQCHIP, 520, 0),
    PIC_SLAVE(Request.KVM_GET_IRQCHIP, Request.KVM_SET_IRQCHIP, 520, 1),
    IOAPIC(Request.KVM_GET_IRQCHIP, Request.KVM_SET_IRQCHIP, 520, 2);

    /** In {@link #CLOCK}: nanoseconds of kvm-clock, 64 bits. */
    public static final int CLOCK_OFFSET_CLOCK = 0;

    /** In {@link #CLOCK}: {@code KVM_CLOCK_*} flags, 32 bits; 0 before it is written. */
    public static final int CLOCK_OFFSET_FLAGS = 8;

    private static final int NO_CHIP = -1;

    private final Request get;
    private final Request set;
    private final int size;
    private final int chip;

    VmBlock(Request get, Request set, int size, int chip) {
        this.get = get;
        this.set = set;
        this.size = size;
        this.chip = chip;
    }

    Request get() {
        return get;
    }

    Request set() {
        return set;
    }

    /** Bytes. */
    public int size() {
        return size;
    }

    /** {@code kvm_irqchip.chip_id}, which the structure has to hold before it is read, or 0. */
    int chip() {
        return Math.max(chip, 0);
    }
}

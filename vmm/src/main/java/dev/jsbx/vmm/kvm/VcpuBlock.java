package dev.jsbx.vmm.kvm;

/**
 * State of a vCPU that is read and written as one opaque structure; the sizes are those of {@code
 * asm/kvm.h}.
 */
public enum VcpuBlock {
    MP_STATE(Request.KVM_GET_MP_STATE, Request.KVM_SET_MP_STATE, 4),
    FPU(Request.KVM_GET_FPU, Request.KVM_SET_FPU, 0x1a0),
    XSAVE(Request.KVM_GET_XSAVE, Request.KVM_SET_XSAVE, 0x1000),
    XCRS(Request.KVM_GET_XCRS, Request.KVM_SET_XCRS, 0x188),
    DEBUGREGS(Request.KVM_GET_DEBUGREGS, Request.KVM_SET_DEBUGREGS, 0x80),
    LAPIC(Request.KVM_GET_LAPIC, Request.KVM_SET_LAPIC, 0x400),
    EVENTS(Request.KVM_GET_VCPU_EVENTS, Request.KVM_SET_VCPU_EVENTS, 0x40);

    /** In {@link #FPU}: the x87 control word, 16 bits. */
    public static final int FPU_OFFSET_FCW = 128;

    /** In {@link #FPU}: the SSE control and status register, 32 bits. */
    public static final int FPU_OFFSET_MXCSR = 408;

    /** In {@link #LAPIC}: local vector table, pin LINT0 (Intel SDM volume 3A, 11.5.1), 32 bits. */
    public static final int LAPIC_OFFSET_LVT_LINT0 = 0x350;

    /** In {@link #LAPIC}: local vector table, pin LINT1, 32 bits. */
    public static final int LAPIC_OFFSET_LVT_LINT1 = 0x360;

    private final Request get;
    private final Request set;
    private final int size;

    VcpuBlock(Request get, Request set, int size) {
        this.get = get;
        this.set = set;
        this.size = size;
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
}

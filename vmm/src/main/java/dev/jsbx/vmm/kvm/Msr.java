package dev.jsbx.vmm.kvm;

/** Numbers of model-specific registers (Intel SDM volume 4; Linux {@code asm/msr-index.h}). */
public final class Msr {
    public static final int IA32_TSC = 0x10;
    public static final int IA32_SYSENTER_CS = 0x174;
    public static final int IA32_SYSENTER_ESP = 0x175;
    public static final int IA32_SYSENTER_EIP = 0x176;
    public static final int IA32_MISC_ENABLE = 0x1a0;
    public static final int MTRR_DEF_TYPE = 0x2ff;
    public static final int IA32_TSC_DEADLINE = 0x6e0;

    /** KVM's own: where the guest wants its clock; bit 0 says that it uses it. */
    public static final int KVM_SYSTEM_TIME_NEW = 0x4b564d01;

    public static final int STAR = 0xc0000081;
    public static final int LSTAR = 0xc0000082;
    public static final int CSTAR = 0xc0000083;
    public static final int SYSCALL_MASK = 0xc0000084;
    public static final int KERNEL_GS_BASE = 0xc0000102;

    /** {@code IA32_MISC_ENABLE}: {@code rep movs} may move more than a byte at a time. */
    public static final long MISC_ENABLE_FAST_STRING = 1;

    /** {@code MTRR_DEF_TYPE}: MTRRs on, memory is write-back unless they say otherwise. */
    public static final long MTRR_ENABLED_WRITE_BACK = 1 << 11 | 6;

    private Msr() {}
}

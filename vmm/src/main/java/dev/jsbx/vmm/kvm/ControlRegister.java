package dev.jsbx.vmm.kvm;

/** Control registers and their kin, in the order of {@code struct kvm_sregs}. */
public enum ControlRegister {
    CR0,
    CR2,
    CR3,
    CR4,
    CR8,
    EFER,
    APIC_BASE;

    // Intel SDM volume 3A, 2.5 and 2.2.1.
    public static final long CR0_PE = 1;
    public static final long CR0_ET = 1 << 4;
    public static final long CR0_WP = 1 << 16;
    public static final long CR0_PG = 1L << 31;
    public static final long CR4_PAE = 1 << 5;
    public static final long CR4_OSFXSR = 1 << 9;
    public static final long CR4_OSXMMEXCPT = 1 << 10;
    public static final long EFER_SCE = 1;
    public static final long EFER_LME = 1 << 8;
    public static final long EFER_LMA = 1 << 10;
    public static final long EFER_NXE = 1 << 11;
}

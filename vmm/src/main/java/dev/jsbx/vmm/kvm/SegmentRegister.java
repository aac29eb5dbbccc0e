package dev.jsbx.vmm.kvm;

/** The segment registers, in the order of {@code struct kvm_sregs}. */
public enum SegmentRegister {
    CS,
    DS,
    ES,
    FS,
    GS,
    SS,
    TR,
    LDT
}

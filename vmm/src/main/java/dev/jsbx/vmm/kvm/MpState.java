package dev.jsbx.vmm.kvm;

/** Whether a vCPU executes ({@code KVM_MP_STATE_*}), in the kernel's order. */
public enum MpState {
    RUNNABLE,
    /** An application processor that waits for INIT. */
    UNINITIALIZED,
    INIT_RECEIVED,
    HALTED,
    SIPI_RECEIVED
}

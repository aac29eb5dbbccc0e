package dev.jsbx.vmm.bus;

/** An edge-triggered interrupt of the machine. Any thread may raise it; nothing is allocated. */
@FunctionalInterface
public interface InterruptLine {
    /** Interrupts the guest once; interrupts that it has not taken yet may merge. */
    void raise();
}

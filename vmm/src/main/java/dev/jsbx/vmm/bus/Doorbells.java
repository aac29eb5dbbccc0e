package dev.jsbx.vmm.bus;

import dev.jsbx.vmm.linux.EventFd;

/**
 * Writes of the guest that wake a thread instead of stopping a vCPU (KVM's ioeventfd). The
 * transport registers one per queue when the driver enables it, and takes it back on reset.
 */
public interface Doorbells {
    /**
     * From now on a 4-byte write of exactly {@code value} to {@code gpa} signals {@code event} and
     * goes no further.
     *
     * @param gpa guest physical address
     */
    void register(long gpa, int value, EventFd event);

    /** Takes a registration back; the arguments are those of {@link #register}. */
    void unregister(long gpa, int value, EventFd event);

    /** For machines without ioeventfd: every write reaches the device's own register. */
    Doorbells NONE =
            new Doorbells() {
                @Override
                public void register(long gpa, int value, EventFd event) {}

                @Override
                public void unregister(long gpa, int value, EventFd event) {}
            };
}

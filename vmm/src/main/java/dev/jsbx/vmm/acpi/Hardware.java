package dev.jsbx.vmm.acpi;

import java.util.List;

/**
 * The hardware that the tables describe.
 *
 * @param cpus 1 or more, with APIC ids from 0
 * @param serial whether there is COM1, at its usual ports and interrupt
 * @param powerButtonGsi the interrupt by which the power button is pressed
 * @param generationIdGsi the interrupt that says that the VM generation id has changed
 * @param devices virtio-mmio devices
 */
public record Hardware(
        int cpus,
        boolean serial,
        int powerButtonGsi,
        int generationIdGsi,
        List<MmioDevice> devices) {

    /**
     * A virtio-mmio device.
     *
     * @param gpa its first register, guest physical
     * @param size bytes of its registers
     * @param gsi its interrupt
     */
    public record MmioDevice(long gpa, int size, int gsi) {}

    public Hardware {
        devices = List.copyOf(devices);
    }
}

package dev.jsbx.vmm.machine;

import dev.jsbx.vmm.bus.InterruptLine;

/**
 * A place for one virtio-mmio device.
 *
 * @param index from 0
 * @param gpa of its first register; there are {@link dev.jsbx.vmm.boot.Layout#MMIO_DEVICE_SIZE}
 *     bytes
 * @param gsi its interrupt
 * @param interrupt raises it
 */
public record MmioSlot(int index, long gpa, int gsi, InterruptLine interrupt) {}

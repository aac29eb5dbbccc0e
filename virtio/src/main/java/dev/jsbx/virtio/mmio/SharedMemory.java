package dev.jsbx.virtio.mmio;

/**
 * Memory of a device that the guest maps (virtio 1.2 §2.10), such as virtio-fs's DAX window.
 *
 * @param id the region's number for its device type, 0 to 255
 * @param gpa guest physical address
 * @param length in bytes
 */
public record SharedMemory(int id, long gpa, long length) {}

package dev.jsbx.cli.engine;

import dev.jsbx.virtio.device.VirtioDevice;

/**
 * A device and its place in a machine.
 *
 * @param id unique in the machine, short enough for a socket's name
 * @param tag of a virtio-fs device, else empty
 */
public record Slot(String id, VirtioDevice device, String tag) {
    public Slot(String id, VirtioDevice device) {
        this(id, device, "");
    }
}

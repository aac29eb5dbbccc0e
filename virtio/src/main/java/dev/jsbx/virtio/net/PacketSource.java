package dev.jsbx.virtio.net;

import dev.jsbx.virtio.queue.WritableBuffers;

/** A packet on its way to a guest. */
public interface PacketSource {
    /** Bytes of the packet, {@link NetPort#HEADER} bytes of header included. */
    int length();

    /**
     * Writes a part of the packet.
     *
     * @param to a buffer of the guest
     * @param at where in it
     * @param from the packet's first byte to write
     * @param bytes how many
     */
    void copyTo(WritableBuffers to, long at, int from, int bytes);
}

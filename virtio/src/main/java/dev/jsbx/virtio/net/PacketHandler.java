package dev.jsbx.virtio.net;

import dev.jsbx.virtio.queue.ReadableBuffers;

/** Takes what a guest sends. */
@FunctionalInterface
public interface PacketHandler {
    /**
     * A packet has come: {@link NetPort#HEADER} bytes of header and then the frame. The guest may
     * still change both, and they are valid until this returns. Must not throw.
     */
    void packet(ReadableBuffers packet);
}

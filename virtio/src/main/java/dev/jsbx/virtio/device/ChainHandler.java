package dev.jsbx.virtio.device;

import dev.jsbx.virtio.queue.DescriptorChain;

/** Does what one chain asks for. */
@FunctionalInterface
public interface ChainHandler {
    /**
     * Handles a chain completely.
     *
     * @return how many bytes of its writable part were filled, from the start
     */
    long handle(DescriptorChain chain);
}

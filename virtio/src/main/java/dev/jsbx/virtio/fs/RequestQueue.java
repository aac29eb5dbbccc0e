package dev.jsbx.virtio.fs;

import dev.jsbx.virtio.device.ChainHandler;
import dev.jsbx.virtio.device.DeviceQueue;

/** One queue of the device and the thread that serves it. */
final class RequestQueue {
    private final DeviceQueue queue;
    private final Passthrough files;
    private final Exchange exchange = new Exchange();
    private final ChainHandler handler;
    private boolean prepared;

    RequestQueue(DeviceQueue queue, FuseServer server, Passthrough files) {
        this.queue = queue;
        this.files = files;
        handler = chain -> server.serve(exchange);
    }

    /** Serves what waits; of one thread. */
    void drain() {
        if (!prepared) {
            files.assumeOwner();
            prepared = true;
        }
        queue.drain(exchange.chain(), handler);
    }
}

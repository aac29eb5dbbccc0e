package dev.jsbx.virtio.fs;

import dev.jsbx.virtio.device.DeviceQueue;
import dev.jsbx.virtio.device.Timer;
import dev.jsbx.virtio.device.Worker;
import dev.jsbx.virtio.queue.VirtQueue;
import java.util.concurrent.TimeUnit;

/**
 * The queue of high priority. What comes is FORGET and INTERRUPT, for whose end nobody in the guest
 * waits. So while they keep coming they are looked for at a beat, without kicks, and the driver is
 * interrupted once for all that was served between two beats.
 */
final class ForgetQueue {
    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final DeviceQueue queue;
    private final VirtQueue ring;
    private final FuseServer server;
    private final Passthrough files;
    private final Exchange exchange = new Exchange((done, written) -> {});
    private final Timer beat;
    private boolean prepared;

    ForgetQueue(DeviceQueue queue, FuseServer server, Passthrough files, Worker worker) {
        this.queue = queue;
        this.server = server;
        this.files = files;
        ring = queue.ring();
        beat = worker.timer(this::onBeat);
        worker.serve(queue, this::onKick);
    }

    private void onKick() {
        if (!prepared) {
            files.assumeOwner();
            prepared = true;
            // Before a pause the last beat may not have come.
            queue.signal();
        }
        ring.disableNotifications();
        drain();
        beat.set(System.nanoTime() + BEAT_NANOS);
    }

    private void onBeat() {
        boolean any = drain();
        queue.signalIfNeeded();
        if (any || ring.enableNotifications()) {
            ring.disableNotifications();
            beat.set(System.nanoTime() + BEAT_NANOS);
        }
    }

    /** Serves what waits, at most a ring full: whoever adds without end waits for the next beat. */
    private boolean drain() {
        int served = 0;
        while (served < ring.rings().size() && ring.pop(exchange.chain())) {
            ring.push(exchange.chain(), server.serve(exchange));
            served++;
        }
        return served > 0;
    }
}

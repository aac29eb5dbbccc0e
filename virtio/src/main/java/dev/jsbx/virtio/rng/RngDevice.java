package dev.jsbx.virtio.rng;

import dev.jsbx.virtio.device.DeviceContext;
import dev.jsbx.virtio.device.DeviceQueue;
import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.device.Worker;
import dev.jsbx.virtio.queue.DescriptorChain;
import dev.jsbx.vmm.linux.Io;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Random bytes for the guest. One queue, one thread, no state. */
public final class RngDevice implements VirtioDevice {
    /** Device type (virtio 1.2 §5). */
    public static final int VIRTIO_ID_ENTROPY = 4;

    /** The most bytes one request is given; a guest may offer gigabytes. */
    public static final int MAX_BYTES = 64 << 10;

    private static final int QUEUE_SIZE = 64;

    private final DescriptorChain chain = new DescriptorChain();
    private final MemorySegment random = Arena.ofAuto().allocate(MAX_BYTES);
    private Worker worker;

    /** A device that asks the host's kernel. */
    public RngDevice() {}

    @Override
    public int type() {
        return VIRTIO_ID_ENTROPY;
    }

    @Override
    public long features() {
        return 0;
    }

    @Override
    public int[] queueSizes() {
        return new int[] {QUEUE_SIZE};
    }

    @Override
    public byte[] config() {
        return new byte[0];
    }

    @Override
    public void activate(DeviceContext context) {
        DeviceQueue requests = context.queue(0);
        worker = new Worker("virtio-rng", context::failed);
        if (requests != null) {
            worker.serve(requests, () -> requests.drain(chain, this::fill));
        }
        worker.start();
    }

    private long fill(DescriptorChain request) {
        long wanted = Math.min(request.writable().length(), MAX_BYTES);
        long got = Math.max(0, Io.random(random.address(), wanted));
        request.writable().copyFrom(0, random, 0, got);
        // Nobody else needs to know what the guest was given.
        random.asSlice(0, got).fill((byte) 0);
        return got;
    }

    @Override
    public void quiesce() {
        if (worker != null) {
            worker.close();
            worker = null;
        }
    }

    @Override
    public void reset() {
        quiesce();
    }

    @Override
    public void close() {
        quiesce();
    }
}

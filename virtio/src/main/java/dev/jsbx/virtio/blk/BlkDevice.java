package dev.jsbx.virtio.blk;

import dev.jsbx.virtio.device.DeviceContext;
import dev.jsbx.virtio.device.DeviceQueue;
import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.device.Worker;
import dev.jsbx.virtio.queue.DescriptorChain;
import dev.jsbx.vmm.linux.Errno;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A disk. Each queue has a thread of its own, so requests of different CPUs run side by side. */
public final class BlkDevice implements VirtioDevice {
    /** Device type (virtio 1.2 §5). */
    public static final int VIRTIO_ID_BLOCK = 2;

    /** The most queues a disk has. */
    public static final int MAX_QUEUES = 16;

    private static final int QUEUE_SIZE = 256;

    private final DiskImage image;
    private final String id;
    private final int queues;
    private final Consumer<String> log;
    private final Set<Long> told = ConcurrentHashMap.newKeySet();
    private final List<Worker> workers = new ArrayList<>();

    /**
     * @param image closed with the device
     * @param id what the guest sees as the serial number: up to 20 ASCII characters
     * @param queues 1 to {@link #MAX_QUEUES}; one per virtual CPU serves best
     * @param log told, once per kind, of errors of the host that the guest sees as I/O errors
     */
    public BlkDevice(DiskImage image, String id, int queues, Consumer<String> log) {
        if (queues < 1 || queues > MAX_QUEUES) {
            throw new IllegalArgumentException(queues + " queues");
        }
        this.image = image;
        this.id = id;
        this.queues = queues;
        this.log = log;
    }

    @Override
    public int type() {
        return VIRTIO_ID_BLOCK;
    }

    @Override
    public long features() {
        return BlkFeatures.of(image, queues);
    }

    @Override
    public int[] queueSizes() {
        int[] sizes = new int[queues];
        Arrays.fill(sizes, QUEUE_SIZE);
        return sizes;
    }

    @Override
    public byte[] config() {
        return BlkConfig.of(image, queues);
    }

    @Override
    public void activate(DeviceContext context) {
        boolean writeThrough = !context.has(BlkFeatures.VIRTIO_BLK_F_FLUSH);
        for (DeviceQueue queue : context.queues()) {
            BlkHandler handler =
                    new BlkHandler(image, queue.ring(), writeThrough, id, this::tellOnce);
            DescriptorChain chain = new DescriptorChain();
            Worker worker = new Worker("virtio-blk-" + id + "-" + queue.index(), context::failed);
            worker.serve(queue, () -> queue.drain(chain, handler));
            worker.start();
            workers.add(worker);
        }
    }

    private void tellOnce(long errno) {
        if (told.add(errno)) {
            log.accept(
                    "disk "
                            + id
                            + ": "
                            + Errno.describe((int) errno)
                            + " on the host; the guest sees I/O errors");
        }
    }

    @Override
    public void quiesce() {
        workers.forEach(Worker::close);
        workers.clear();
    }

    @Override
    public void reset() {
        quiesce();
    }

    @Override
    public void close() {
        quiesce();
        image.close();
    }
}

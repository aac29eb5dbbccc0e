package dev.jsbx.virtio.fs;

import dev.jsbx.virtio.device.DeviceContext;
import dev.jsbx.virtio.device.DeviceQueue;
import dev.jsbx.virtio.device.Timer;
import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.device.Worker;
import dev.jsbx.vmm.memory.MemoryWindow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The file system device (virtio 1.2 §5.11): queue 0 has requests of high priority (FORGET,
 * INTERRUPT), the others have all else. Each queue has a thread of its own.
 */
public final class FsDevice implements VirtioDevice {
    /** Device type (virtio 1.2 §5). */
    public static final int VIRTIO_ID_FS = 26;

    /** The most bytes of a tag. */
    public static final int TAG_BYTES = 36;

    private static final int CONFIG_BYTES = TAG_BYTES + Integer.BYTES;
    private static final int QUEUE_SIZE = 1024;

    /** How long a program of the guest may wait for a page that its file no longer has. */
    private static final long MAPPED_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final byte[] config = new byte[CONFIG_BYTES];
    private final int requestQueues;
    private final Passthrough files;
    private final Share share;
    private final long windowBytes;
    private final List<Worker> workers = new ArrayList<>();
    private Timer lookAfterMapped;
    private HelperPool pool;
    private LockWaits waits;
    private Sleepers sleepers;

    /**
     * Shares a directory.
     *
     * @param tag the name by which the guest mounts it, 1 to 36 bytes
     * @param requestQueues one for each vCPU of the guest, 1 or more
     * @throws BadShareException if the directory cannot be shared
     */
    public FsDevice(String tag, int requestQueues, Share share) {
        this(tag, requestQueues, share, 0);
    }

    /**
     * Shares a directory whose files the guest may map.
     *
     * @param windowBytes how much it may have mapped at a time, a multiple of 2 MiB; 0 for nothing,
     *     and without effect on shares with guarded paths and of single files
     */
    public FsDevice(String tag, int requestQueues, Share share, long windowBytes) {
        byte[] name = tag.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length > TAG_BYTES || requestQueues < 1) {
            throw new IllegalArgumentException(
                    "tag \"" + tag + "\" with " + requestQueues + " queues");
        }
        ByteBuffer.wrap(config)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(name)
                .putInt(TAG_BYTES, requestQueues);
        this.requestQueues = requestQueues;
        files = new Passthrough(share);
        this.share = share;
        this.windowBytes = files.canMap() ? windowBytes : 0;
    }

    /**
     * Has the guest's threads wait for locks no longer than until they get a signal; before {@link
     * #activate}. Without it, only a guest that sends INTERRUPT can end a wait.
     */
    public void ask(Sleepers guest) {
        sleepers = guest;
    }

    @Override
    public long sharedMemoryBytes() {
        return windowBytes;
    }

    @Override
    public void sharedMemory(MemoryWindow window) {
        files.map(window);
    }

    @Override
    public int type() {
        return VIRTIO_ID_FS;
    }

    @Override
    public long features() {
        return 0;
    }

    @Override
    public int[] queueSizes() {
        int[] sizes = new int[1 + requestQueues];
        java.util.Arrays.fill(sizes, QUEUE_SIZE);
        return sizes;
    }

    @Override
    public byte[] config() {
        return config.clone();
    }

    @Override
    public void activate(DeviceContext context) {
        pool = new HelperPool(files, context::failed);
        waits = new LockWaits(files, sleepers);
        FuseServer server = new FuseServer(files, share, waits);
        for (DeviceQueue queue : context.queues()) {
            Worker worker = new Worker("virtio-fs-" + queue.index(), context::failed);
            workers.add(worker);
            if (queue.index() == 0) {
                new ForgetQueue(queue, server, files, worker);
            } else {
                RequestQueue requests = new RequestQueue(queue, server, files, pool);
                worker.serve(queue, requests::drain);
            }
            worker.start();
        }
        if (files.mapsFiles()) {
            watchMapped(context);
        }
    }

    // See DaxWindow.repair: nothing tells of a file that was truncated.
    private void watchMapped(DeviceContext context) {
        Worker worker = new Worker("virtio-fs-dax", context::failed);
        workers.add(worker);
        lookAfterMapped = worker.timer(this::lookAfterMapped);
        lookAfterMapped.set(System.nanoTime());
        worker.start();
    }

    private void lookAfterMapped() {
        files.repairMapped();
        lookAfterMapped.set(System.nanoTime() + MAPPED_INTERVAL_NANOS);
    }

    @Override
    public void quiesce() {
        if (pool == null) {
            return;
        }
        workers.forEach(Worker::close);
        workers.clear();
        pool.close();
        pool = null;
        waits.close();
        waits = null;
    }

    @Override
    public void reset() {
        quiesce();
        files.reset();
    }

    @Override
    public void close() {
        quiesce();
        files.close();
    }
}

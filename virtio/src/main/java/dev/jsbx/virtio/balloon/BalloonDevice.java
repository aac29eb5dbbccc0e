package dev.jsbx.virtio.balloon;

import dev.jsbx.virtio.device.ChainHandler;
import dev.jsbx.virtio.device.DeviceContext;
import dev.jsbx.virtio.device.DeviceQueue;
import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.device.Worker;
import dev.jsbx.virtio.queue.DescriptorChain;
import dev.jsbx.virtio.queue.ReadableBuffers;
import dev.jsbx.vmm.linux.Pages;
import dev.jsbx.vmm.memory.GuestMemory;
import java.util.concurrent.atomic.AtomicLong;

/** Takes back what the guest does not use. One thread; no state but a count. */
public final class BalloonDevice implements VirtioDevice {
    /** Device type (virtio 1.2 §5). */
    public static final int VIRTIO_ID_BALLOON = 5;

    // §5.5.3; without the statistics and hinting queues that others of them bring, the reporting
    // queue is the third.
    static final long VIRTIO_BALLOON_F_DEFLATE_ON_OOM = 1L << 2;
    static final long VIRTIO_BALLOON_F_PAGE_REPORTING = 1L << 5;
    static final int INFLATE = 0;
    static final int DEFLATE = 1;
    static final int REPORTING = 2;

    private static final int QUEUE_SIZE = 128;

    /** {@code struct virtio_balloon_config}: num_pages, actual, free_page_hint_cmd_id, poison. */
    private static final int CONFIG_SIZE = 16;

    /** Page numbers are in units of 4 KiB whatever the guest's pages are (§5.5.6). */
    private static final int PFN_SHIFT = 12;

    /** Of one request; Linux sends 256. */
    private static final int MAX_PFNS = 1 << 14;

    private final DescriptorChain chain = new DescriptorChain();
    private final AtomicLong released = new AtomicLong();
    private Worker worker;

    /** A balloon that nobody inflates: pages come back as the guest reports them free. */
    public BalloonDevice() {}

    @Override
    public int type() {
        return VIRTIO_ID_BALLOON;
    }

    @Override
    public long features() {
        return VIRTIO_BALLOON_F_PAGE_REPORTING | VIRTIO_BALLOON_F_DEFLATE_ON_OOM;
    }

    @Override
    public int[] queueSizes() {
        return new int[] {QUEUE_SIZE, QUEUE_SIZE, QUEUE_SIZE};
    }

    @Override
    public byte[] config() {
        return new byte[CONFIG_SIZE];
    }

    /** Bytes that the guest has given back since this device was made; any thread may ask. */
    public long released() {
        return released.get();
    }

    @Override
    public void activate(DeviceContext context) {
        GuestMemory memory = context.memory();
        worker = new Worker("virtio-balloon", context::failed);
        serve(context.queue(INFLATE), request -> inflate(request.readable(), memory));
        serve(context.queue(DEFLATE), request -> 0);
        serve(context.queue(REPORTING), this::report);
        worker.start();
    }

    private void serve(DeviceQueue queue, ChainHandler handler) {
        if (queue != null) {
            worker.serve(queue, () -> queue.drain(chain, handler));
        }
    }

    // The pages are writable buffers, but nothing is written (§5.5.6.6): their content is lost.
    private long report(DescriptorChain request) {
        released.addAndGet(request.writable().release());
        return 0;
    }

    private long inflate(ReadableBuffers pfns, GuestMemory memory) {
        long count = Math.min(pfns.length() / Integer.BYTES, MAX_PFNS);
        long i = 0;
        while (i < count) {
            long first = pfn(pfns, i);
            long pages = 1;
            while (i + pages < count && pfn(pfns, i + pages) == first + pages) {
                pages++;
            }
            release(memory, first << PFN_SHIFT, pages << PFN_SHIFT);
            i += pages;
        }
        return 0;
    }

    private static long pfn(ReadableBuffers pfns, long index) {
        return pfns.getInt(index * Integer.BYTES) & 0xffffffffL;
    }

    private void release(GuestMemory memory, long gpa, long length) {
        if (memory.contains(gpa, length)) {
            released.addAndGet(Pages.release(memory.address(gpa, length), length));
        }
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

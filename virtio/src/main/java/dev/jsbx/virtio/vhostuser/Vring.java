package dev.jsbx.virtio.vhostuser;

import dev.jsbx.virtio.device.DeviceQueue;
import dev.jsbx.virtio.queue.QueueState;
import dev.jsbx.virtio.queue.SplitRings;
import dev.jsbx.virtio.queue.VirtQueue;
import dev.jsbx.vmm.linux.EventFd;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;

/** What the front-end has said about one ring. Of the server's thread, except for the call line. */
final class Vring implements AutoCloseable {
    private static final long USED_IDX = 2;

    private final int index;
    private final CallLine call = new CallLine();
    private final CallLine error = new CallLine();
    private int size;
    private int base;
    private boolean addressed;
    private long descriptorUser;
    private long usedUser;
    private long availableUser;
    private boolean enabled;
    private EventFd kick;
    private VirtQueue ring;

    Vring(int index, int size) {
        this.index = index;
        this.size = size;
    }

    /** The front-end decides: QEMU's virtio-mmio lets every queue have 1024 entries. */
    void size(int entries) {
        if (!SplitRings.isValidSize(entries)) {
            throw new ProtocolException("ring " + index + " of " + entries + " entries");
        }
        size = entries;
    }

    void base(int nextAvailable) {
        if (nextAvailable >>> 16 != 0) {
            throw new ProtocolException("ring " + index + " at " + nextAvailable);
        }
        base = nextAvailable;
    }

    /** Where the ring goes on, or went up to when it was stopped. */
    int base() {
        return base;
    }

    /** Places it; the addresses are the front-end's own. */
    void place(long descriptors, long used, long available) {
        descriptorUser = descriptors;
        usedUser = used;
        availableUser = available;
        addressed = true;
    }

    void kick(EventFd event) {
        if (kick != null) {
            kick.close();
        }
        kick = event;
    }

    CallLine call() {
        return call;
    }

    CallLine error() {
        return error;
    }

    void enable(boolean on) {
        enabled = on;
    }

    /** Whether the device may use it: it has a place and a kick, and is enabled. */
    boolean isLive() {
        return addressed && kick != null && enabled;
    }

    /** Builds the queue over the memory of now. */
    DeviceQueue open(RegionTable regions, long features, Consumer<String> onBroken) {
        SplitRings rings;
        try {
            rings =
                    new SplitRings(
                            size,
                            regions.gpa(descriptorUser),
                            regions.gpa(availableUser),
                            regions.gpa(usedUser));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("ring " + index + ": " + e.getMessage());
        }
        // Every chain that was popped was also pushed, so the ring itself knows where used is.
        MemorySegment used = regions.memory().slice(rings.usedRing(), 4);
        int usedIndex = 0xffff & used.get(ValueLayout.JAVA_SHORT, USED_IDX);
        ring =
                new VirtQueue(
                        regions.memory(),
                        rings,
                        features,
                        new QueueState(base, usedIndex),
                        reason -> {
                            onBroken.accept("queue " + index + ": " + reason);
                            error.run();
                        });
        return new DeviceQueue(index, ring, kick, call);
    }

    /** Takes note of where the quiesced queue is. */
    void pause() {
        if (ring != null) {
            base = ring.state().nextAvailable();
            ring = null;
        }
    }

    /** Forgets the kick: the ring is stopped until the front-end sends another. */
    void stop() {
        kick(null);
    }

    /** Closes all descriptors. */
    @Override
    public void close() {
        stop();
        call.replace(null);
        error.replace(null);
    }
}

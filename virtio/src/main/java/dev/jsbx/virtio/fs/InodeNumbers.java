package dev.jsbx.virtio.fs;

import java.util.HashMap;
import java.util.Map;

/**
 * Inode numbers as the guest sees them. Numbers of the device that the shared directory is on stay
 * what they are, so that what the guest remembers of them, a git index for one, holds for the host
 * too. Numbers of other devices beneath it, such as subvolumes and mounts, get the device's place
 * in the order of appearance into their upper bits, so that they do not coincide. Any thread may
 * use it.
 */
final class InodeNumbers {
    private static final int DEVICE_SHIFT = 48;
    private static final long HOST_BITS = (1L << DEVICE_SHIFT) - 1;

    // Above what a file system itself may have put there.
    private static final long FOREIGN = 3L << 62;
    private static final int MOST_DEVICES = 1 << 14;

    private final long rootDevice;
    private final Map<Long, Integer> devices = new HashMap<>();

    InodeNumbers(long rootDevice) {
        this.rootDevice = rootDevice;
    }

    long of(long device, long ino) {
        return device == rootDevice ? ino : foreign(device, ino);
    }

    private synchronized long foreign(long device, long ino) {
        Integer known = devices.get(device);
        if (known == null) {
            known = devices.size() % MOST_DEVICES;
            devices.put(device, known);
        }
        long folded = (ino ^ ino >>> DEVICE_SHIFT) & HOST_BITS;
        return FOREIGN | (long) known << DEVICE_SHIFT | folded;
    }
}

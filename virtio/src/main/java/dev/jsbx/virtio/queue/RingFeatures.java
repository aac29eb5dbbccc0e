package dev.jsbx.virtio.queue;

/** Feature bits that concern the rings and not one device type (virtio 1.2 §6). */
public final class RingFeatures {
    /** The driver may put descriptors into tables of their own (§2.7.5.3). */
    public static final long VIRTIO_F_INDIRECT_DESC = 1L << 28;

    /** Both sides say at which index they want the next notification (§2.7.7, §2.7.10). */
    public static final long VIRTIO_F_EVENT_IDX = 1L << 29;

    /** The device follows the standard, not one of its predecessors. */
    public static final long VIRTIO_F_VERSION_1 = 1L << 32;

    /** What every device of this project offers. */
    public static final long OFFERED =
            VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX | VIRTIO_F_VERSION_1;

    private RingFeatures() {}
}

package dev.jsbx.virtio.blk;

/** Feature bits of the block device (virtio 1.2 §5.2.3). */
final class BlkFeatures {
    static final long VIRTIO_BLK_F_SEG_MAX = 1L << 2;
    static final long VIRTIO_BLK_F_RO = 1L << 5;
    static final long VIRTIO_BLK_F_BLK_SIZE = 1L << 6;
    static final long VIRTIO_BLK_F_FLUSH = 1L << 9;
    static final long VIRTIO_BLK_F_TOPOLOGY = 1L << 10;
    static final long VIRTIO_BLK_F_MQ = 1L << 12;
    static final long VIRTIO_BLK_F_DISCARD = 1L << 13;
    static final long VIRTIO_BLK_F_WRITE_ZEROES = 1L << 14;

    private BlkFeatures() {}

    /** What a disk can offer. */
    static long of(DiskImage image, int queues) {
        long features =
                VIRTIO_BLK_F_SEG_MAX
                        | VIRTIO_BLK_F_BLK_SIZE
                        | VIRTIO_BLK_F_FLUSH
                        | VIRTIO_BLK_F_TOPOLOGY;
        if (image.isReadOnly()) {
            features |= VIRTIO_BLK_F_RO;
        } else {
            features |= VIRTIO_BLK_F_WRITE_ZEROES;
        }
        if (image.canDiscard()) {
            features |= VIRTIO_BLK_F_DISCARD;
        }
        if (queues > 1) {
            features |= VIRTIO_BLK_F_MQ;
        }
        return features;
    }
}

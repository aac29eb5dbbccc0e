package dev.jsbx.virtio.blk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The configuration space, {@code struct virtio_blk_config} (virtio 1.2 §5.2.4). */
final class BlkConfig {
    /** Data segments in one request; with header and status they fill a queue of 256. */
    static final int SEG_MAX = 254;

    /** Ranges in one discard or write-zeroes request. */
    static final int MAX_RANGES = 64;

    /** Sectors in one of those ranges: 2 GiB. */
    static final int MAX_RANGE_SECTORS = 1 << 22;

    private static final int CAPACITY = 0;
    private static final int SEG_MAX_AT = 12;
    private static final int BLK_SIZE = 20;
    private static final int PHYSICAL_BLOCK_EXP = 24;
    private static final int MIN_IO_SIZE = 26;
    private static final int WRITEBACK = 32;
    private static final int NUM_QUEUES = 34;
    private static final int MAX_DISCARD_SECTORS = 36;
    private static final int MAX_DISCARD_SEG = 40;
    private static final int DISCARD_SECTOR_ALIGNMENT = 44;
    private static final int MAX_WRITE_ZEROES_SECTORS = 48;
    private static final int MAX_WRITE_ZEROES_SEG = 52;
    private static final int WRITE_ZEROES_MAY_UNMAP = 56;
    private static final int SIZE = 60;

    /** Hosts keep files in pages of 4 KiB: 2³ sectors. */
    private static final int SECTORS_PER_PAGE_EXP = 3;

    private static final int SECTORS_PER_PAGE = 1 << SECTORS_PER_PAGE_EXP;

    private BlkConfig() {}

    static byte[] of(DiskImage image, int queues) {
        ByteBuffer config = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        config.putLong(CAPACITY, image.sectors());
        config.putInt(SEG_MAX_AT, SEG_MAX);
        config.putInt(BLK_SIZE, DiskImage.SECTOR);
        config.put(PHYSICAL_BLOCK_EXP, (byte) SECTORS_PER_PAGE_EXP);
        config.putShort(MIN_IO_SIZE, (short) SECTORS_PER_PAGE);
        config.put(WRITEBACK, (byte) 1);
        config.putShort(NUM_QUEUES, (short) queues);
        if (image.canDiscard()) {
            config.putInt(MAX_DISCARD_SECTORS, MAX_RANGE_SECTORS);
            config.putInt(MAX_DISCARD_SEG, MAX_RANGES);
            config.putInt(DISCARD_SECTOR_ALIGNMENT, SECTORS_PER_PAGE);
        }
        if (!image.isReadOnly()) {
            config.putInt(MAX_WRITE_ZEROES_SECTORS, MAX_RANGE_SECTORS);
            config.putInt(MAX_WRITE_ZEROES_SEG, MAX_RANGES);
            config.put(WRITE_ZEROES_MAY_UNMAP, (byte) (image.canDiscard() ? 1 : 0));
        }
        return config.array();
    }
}

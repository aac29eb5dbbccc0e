package dev.jsbx.virtio.blk;

import dev.jsbx.virtio.device.ChainHandler;
import dev.jsbx.virtio.queue.Buffers;
import dev.jsbx.virtio.queue.DescriptorChain;
import dev.jsbx.virtio.queue.ReadableBuffers;
import dev.jsbx.virtio.queue.VirtQueue;
import dev.jsbx.virtio.queue.WritableBuffers;
import dev.jsbx.vmm.linux.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Does the requests of one queue (virtio 1.2 §5.2.6): a readable header of u32 type, u32 reserved,
 * u64 sector; then data; then a writable status byte at the very end. Of one thread.
 */
final class BlkHandler implements ChainHandler {
    private static final int VIRTIO_BLK_T_IN = 0;
    private static final int VIRTIO_BLK_T_OUT = 1;
    private static final int VIRTIO_BLK_T_FLUSH = 4;
    private static final int VIRTIO_BLK_T_GET_ID = 8;
    private static final int VIRTIO_BLK_T_DISCARD = 11;
    private static final int VIRTIO_BLK_T_WRITE_ZEROES = 13;

    private static final byte VIRTIO_BLK_S_OK = 0;
    private static final byte VIRTIO_BLK_S_IOERR = 1;
    private static final byte VIRTIO_BLK_S_UNSUPP = 2;

    private static final int TYPE = 0;
    private static final int SECTOR = 8;
    private static final int HEADER_SIZE = 16;
    private static final int STATUS_SIZE = 1;
    private static final int ID_SIZE = 20;

    // struct virtio_blk_discard_write_zeroes: u64 sector, u32 num_sectors, u32 flags.
    private static final int RANGE_SECTORS = 8;
    private static final int RANGE_FLAGS = 12;
    private static final int RANGE_SIZE = 16;
    private static final int RANGE_FLAG_UNMAP = 1;

    private final DiskImage image;
    private final VirtQueue queue;
    private final boolean writeThrough;
    private final MemorySegment id;
    private final LongConsumer onError;

    /**
     * @param writeThrough whether every write is to be flushed
     * @param id of the disk, of which the first 20 bytes count
     * @param onError told each errno of the host
     */
    BlkHandler(
            DiskImage image,
            VirtQueue queue,
            boolean writeThrough,
            String id,
            LongConsumer onError) {
        this.image = image;
        this.queue = queue;
        this.writeThrough = writeThrough;
        this.onError = onError;
        byte[] bytes = Arrays.copyOf(id.getBytes(StandardCharsets.UTF_8), ID_SIZE);
        this.id = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, bytes);
    }

    @Override
    public long handle(DescriptorChain chain) {
        WritableBuffers answer = chain.writable();
        if (answer.isEmpty()) {
            queue.markBroken("a request without room for its status");
            return 0;
        }
        long dataRoom = answer.length() - STATUS_SIZE;
        answer.setByte(dataRoom, execute(chain.readable(), answer, dataRoom));
        return answer.length();
    }

    private byte execute(ReadableBuffers request, WritableBuffers answer, long dataRoom) {
        if (request.length() < HEADER_SIZE) {
            return VIRTIO_BLK_S_IOERR;
        }
        long data = request.length() - HEADER_SIZE;
        long sector = request.getLong(SECTOR);
        return switch (request.getInt(TYPE)) {
            case VIRTIO_BLK_T_IN -> transfer(answer, 0, dataRoom, sector, false);
            case VIRTIO_BLK_T_OUT -> write(request, data, sector);
            case VIRTIO_BLK_T_FLUSH -> status(image.flush());
            case VIRTIO_BLK_T_GET_ID -> identify(answer, dataRoom);
            case VIRTIO_BLK_T_DISCARD -> ranges(request, data, true);
            case VIRTIO_BLK_T_WRITE_ZEROES -> ranges(request, data, false);
            default -> VIRTIO_BLK_S_UNSUPP;
        };
    }

    private byte write(ReadableBuffers request, long data, long sector) {
        if (image.isReadOnly()) {
            return VIRTIO_BLK_S_IOERR;
        }
        byte status = transfer(request, HEADER_SIZE, data, sector, true);
        return status == VIRTIO_BLK_S_OK && writeThrough ? status(image.flush()) : status;
    }

    private boolean inside(long sector, long sectors) {
        return sector >= 0 && sector <= image.sectors() && sectors <= image.sectors() - sector;
    }

    /** Moves {@code length} bytes of {@code buffers}, from {@code from} on. */
    private byte transfer(Buffers buffers, long from, long length, long sector, boolean writing) {
        if (length % DiskImage.SECTOR != 0 || !inside(sector, length / DiskImage.SECTOR)) {
            return VIRTIO_BLK_S_IOERR;
        }
        long offset = sector * DiskImage.SECTOR;
        long done = 0;
        while (done < length) {
            // Built anew after a short transfer, so that no byte moves twice.
            int count = buffers.iovecs(from + done, length - done);
            long iovecs = buffers.iovecAddress();
            long n =
                    writing
                            ? image.write(iovecs, count, offset + done)
                            : image.read(iovecs, count, offset + done);
            if (n == -Errno.EINTR) {
                continue;
            }
            if (n <= 0) {
                // 0: somebody made the file shorter than it was.
                return status(n == 0 ? -Errno.EIO : n);
            }
            done += n;
        }
        return VIRTIO_BLK_S_OK;
    }

    private byte identify(WritableBuffers answer, long room) {
        answer.copyFrom(0, id, 0, Math.min(room, ID_SIZE));
        return VIRTIO_BLK_S_OK;
    }

    /** Discard and write-zeroes: a list of ranges, checked one by one as they are done. */
    private byte ranges(ReadableBuffers request, long data, boolean discard) {
        if (image.isReadOnly()) {
            return VIRTIO_BLK_S_IOERR;
        }
        if (discard && !image.canDiscard()) {
            return VIRTIO_BLK_S_UNSUPP;
        }
        if (data == 0 || data % RANGE_SIZE != 0 || data / RANGE_SIZE > BlkConfig.MAX_RANGES) {
            return VIRTIO_BLK_S_IOERR;
        }
        byte status = VIRTIO_BLK_S_OK;
        long end = HEADER_SIZE + data;
        for (long at = HEADER_SIZE; at < end && status == VIRTIO_BLK_S_OK; at += RANGE_SIZE) {
            status = range(request, at, discard);
        }
        return status == VIRTIO_BLK_S_OK && writeThrough ? status(image.flush()) : status;
    }

    private byte range(ReadableBuffers request, long at, boolean discard) {
        long sector = request.getLong(at);
        long sectors = request.getInt(at + RANGE_SECTORS) & 0xffffffffL;
        int flags = request.getInt(at + RANGE_FLAGS);
        // §5.2.6.2: no flag for discard, and none but unmap for write-zeroes.
        if ((flags & ~(discard ? 0 : RANGE_FLAG_UNMAP)) != 0) {
            return VIRTIO_BLK_S_UNSUPP;
        }
        if (sectors > BlkConfig.MAX_RANGE_SECTORS || !inside(sector, sectors)) {
            return VIRTIO_BLK_S_IOERR;
        }
        if (sectors == 0) {
            return VIRTIO_BLK_S_OK;
        }
        long offset = sector * DiskImage.SECTOR;
        long length = sectors * DiskImage.SECTOR;
        return status(
                discard
                        ? image.discard(offset, length)
                        : image.zero(offset, length, (flags & RANGE_FLAG_UNMAP) != 0));
    }

    private byte status(long result) {
        if (result >= 0) {
            return VIRTIO_BLK_S_OK;
        }
        onError.accept(-result);
        return VIRTIO_BLK_S_IOERR;
    }
}

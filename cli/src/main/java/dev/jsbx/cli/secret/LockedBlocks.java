package dev.jsbx.cli.secret;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The free blocks of this process, one list for each power of two. They are cut from slabs that
 * stay mapped and locked: to map, lock and unmap memory for each use would take four system calls
 * and a handshake with all threads, for which a busy host lets a request wait milliseconds. Any
 * thread.
 */
final class LockedBlocks {
    static final LockedBlocks OF_PROCESS = new LockedBlocks();

    private static final int SMALLEST = 6; // 64 bytes
    private static final int SLAB = 16 << 10;

    private final List<ArrayDeque<LockedBlock>> free = new ArrayList<>();
    private ByteBuffer slab = ByteBuffer.allocate(0);

    private LockedBlocks() {
        for (int size = 1 << SMALLEST; size <= LockedBlock.LARGEST; size *= 2) {
            free.add(new ArrayDeque<>());
        }
    }

    /**
     * @param size 1 to {@link LockedBlock#LARGEST}
     */
    synchronized LockedBlock take(int size) {
        int shift = Math.max(SMALLEST, Integer.SIZE - Integer.numberOfLeadingZeros(size - 1));
        LockedBlock known = free.get(shift - SMALLEST).poll();
        return known == null ? new LockedBlock(cut(1 << shift), null) : known;
    }

    /** Takes a zeroed block back. */
    synchronized void keep(LockedBlock block) {
        int shift = Integer.numberOfTrailingZeros(block.bytes().capacity());
        free.get(shift - SMALLEST).push(block);
    }

    private ByteBuffer cut(int size) {
        if (size > SLAB) {
            return map(size);
        }
        if (slab.remaining() < size) {
            ByteBuffer fresh = map(SLAB);
            while (slab.remaining() >= 1 << SMALLEST) {
                keep(new LockedBlock(next(Integer.highestOneBit(slab.remaining())), null));
            }
            slab = fresh;
        }
        return next(size);
    }

    private ByteBuffer next(int size) {
        ByteBuffer block = slab.slice(slab.position(), size);
        slab.position(slab.position() + size);
        return block;
    }

    private static ByteBuffer map(int size) {
        return LockedMemory.of(size).segment().asByteBuffer();
    }
}

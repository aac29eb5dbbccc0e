package dev.jsbx.virtio.queue;

import dev.jsbx.vmm.memory.GuestMemory;
import dev.jsbx.vmm.memory.GuestRegion;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Follows the descriptors of one chain, checks them, and collects the memory they name. */
final class ChainReader {
    // struct virtq_desc (virtio 1.2 §2.7.5).
    static final int ADDR = 0;
    static final int LEN = 8;
    static final int FLAGS = 12;
    static final int NEXT = 14;
    static final int DESCRIPTOR_SIZE = 16;

    static final int VIRTQ_DESC_F_NEXT = 1;
    static final int VIRTQ_DESC_F_WRITE = 2;
    static final int VIRTQ_DESC_F_INDIRECT = 4;

    /** §2.7.5.2: a chain's lengths add up to 2³² bytes at most. */
    private static final long MAX_BYTES = 1L << 32;

    private static final ValueLayout.OfLong U64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort U16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final GuestMemory memory;
    private final MemorySegment table;
    private final int size;
    private final boolean indirectAllowed;

    ChainReader(GuestMemory memory, MemorySegment table, int size, boolean indirectAllowed) {
        this.memory = memory;
        this.table = table;
        this.size = size;
        this.indirectAllowed = indirectAllowed;
    }

    /**
     * Fills {@code chain} with the memory that the chain starting at descriptor {@code head} names.
     *
     * @throws BrokenRing or BadGuestAddress if the chain breaks a rule
     */
    void read(int head, DescriptorChain chain) {
        chain.begin(head);
        follow(chain, table, 0, size, head, false);
    }

    private void follow(
            DescriptorChain chain,
            MemorySegment descriptors,
            long base,
            int entries,
            int first,
            boolean inTable) {
        int index = first;
        int limit = Math.min(entries, DescriptorChain.MAX_PIECES);
        for (int followed = 0; followed < limit; followed++) {
            if (index >= entries) {
                throw new BrokenRing("descriptor " + index + " of " + entries);
            }
            // The guest may rewrite the descriptor meanwhile: each field is read once.
            long at = base + (long) index * DESCRIPTOR_SIZE;
            long address = descriptors.get(U64, at + ADDR);
            long length = descriptors.get(U32, at + LEN) & 0xffffffffL;
            int flags = descriptors.get(U16, at + FLAGS);
            index = descriptors.get(U16, at + NEXT) & 0xffff;
            if ((flags & VIRTQ_DESC_F_INDIRECT) != 0) {
                followTable(chain, address, length, flags, inTable);
                return;
            }
            append(chain, address, length, (flags & VIRTQ_DESC_F_WRITE) != 0);
            if ((flags & VIRTQ_DESC_F_NEXT) == 0) {
                return;
            }
        }
        // As many descriptors as there are, and still no end: it goes in circles.
        throw new BrokenRing("a chain of more than " + limit + " descriptors");
    }

    /** A descriptor that names a table of descriptors ends its chain (§2.7.5.3). */
    private void followTable(
            DescriptorChain chain, long address, long length, int flags, boolean inTable) {
        if (!indirectAllowed) {
            throw new BrokenRing("an indirect descriptor, which was not negotiated");
        }
        if (inTable || (flags & VIRTQ_DESC_F_NEXT) != 0) {
            throw new BrokenRing("an indirect descriptor in a table, or with another after it");
        }
        if (length == 0 || length % DESCRIPTOR_SIZE != 0) {
            throw new BrokenRing("an indirect table of " + length + " bytes");
        }
        GuestRegion region = memory.region(address, length);
        // Indices are 16 bits wide, so further entries cannot be reached.
        int entries = (int) Math.min(length / DESCRIPTOR_SIZE, 1 << 16);
        follow(chain, region.segment(), address - region.gpa(), entries, 0, true);
    }

    private void append(DescriptorChain chain, long address, long length, boolean writable) {
        if (!writable && !chain.writable().isEmpty()) {
            throw new BrokenRing("a readable descriptor after a writable one");
        }
        Buffers buffers = writable ? chain.writable() : chain.readable();
        long at = address;
        long left = length;
        // A buffer may span regions that adjoin; in this process they are apart.
        while (left > 0) {
            GuestRegion region = memory.region(at, 1);
            long bytes = Math.min(left, region.end() - at);
            if (chain.readable().pieces() + chain.writable().pieces()
                    == DescriptorChain.MAX_PIECES) {
                throw new BrokenRing("more than " + DescriptorChain.MAX_PIECES + " pieces");
            }
            buffers.add(region.segment(), at - region.gpa(), bytes);
            at += bytes;
            left -= bytes;
        }
        if (chain.readable().length() + chain.writable().length() > MAX_BYTES) {
            throw new BrokenRing("a chain of more than " + MAX_BYTES + " bytes");
        }
    }
}

package dev.jsbx.vmm.memory;

import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.linux.Mapping;
import dev.jsbx.vmm.linux.MemFd;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * All memory of one guest: one or more regions, and the checks between a guest's numbers and this
 * process's memory. Immutable once made; any thread may use it until {@link #close}.
 */
public final class GuestMemory implements AutoCloseable {
    /** Where the hole for devices below 4 GiB begins (guest physical). */
    public static final long MMIO_HOLE_START = 3L << 30;

    /** Where it ends, and the memory that did not fit below goes on (guest physical). */
    public static final long MMIO_HOLE_END = 4L << 30;

    private static final long HUGE_PAGE = 2L << 20;

    private final GuestRegion[] regions;
    private final List<AutoCloseable> owned;

    private GuestMemory(List<GuestRegion> regions, List<AutoCloseable> owned) {
        this.regions = regions.toArray(GuestRegion[]::new);
        this.owned = List.copyOf(owned);
    }

    /** A guest's memory made of mappings that others made; {@code owned} is closed with it. */
    public static GuestMemory of(List<GuestRegion> regions, List<AutoCloseable> owned) {
        return new GuestMemory(regions, owned);
    }

    /** One region at guest physical 0 over memory of the caller's, for tests and benchmarks. */
    public static GuestMemory over(MemorySegment segment) {
        return new GuestMemory(List.of(new GuestRegion(0, segment, -1, 0)), List.of());
    }

    /**
     * New memory for a guest in one memfd, split around the hole below 4 GiB.
     *
     * @param bytes a multiple of 2 MiB
     * @param huge whether to try the host's reserved 2 MiB pages first; without any, transparent
     *     huge pages are asked for instead
     * @throws LinuxException if the host refuses
     */
    public static GuestMemory allocate(long bytes, boolean huge) {
        if (bytes <= 0 || bytes % HUGE_PAGE != 0) {
            throw new IllegalArgumentException("guest memory of " + bytes + " bytes");
        }
        Backing backing = Backing.of(bytes, huge);
        Mapping mapping = backing.mapping;
        mapping.advise(0, bytes, Mapping.MADV_HUGEPAGE);
        mapping.advise(0, bytes, Mapping.MADV_DONTDUMP);
        long low = Math.min(bytes, MMIO_HOLE_START);
        MemorySegment all = mapping.segment();
        List<GuestRegion> regions = new ArrayList<>();
        regions.add(new GuestRegion(0, all.asSlice(0, low), backing.file.number(), 0));
        if (bytes > low) {
            regions.add(
                    new GuestRegion(MMIO_HOLE_END, all.asSlice(low), backing.file.number(), low));
        }
        return new GuestMemory(regions, List.of(backing.file, mapping));
    }

    /**
     * New memory for a guest that no other process will map, split around the hole below 4 GiB.
     * Unlike a memfd's it gets transparent huge pages on any host: a start takes some hundred page
     * faults then, and not ten thousand and more.
     *
     * @param bytes a multiple of 2 MiB
     * @throws LinuxException if the host refuses
     */
    public static GuestMemory allocatePrivate(long bytes) {
        if (bytes <= 0 || bytes % HUGE_PAGE != 0) {
            throw new IllegalArgumentException("guest memory of " + bytes + " bytes");
        }
        // One huge page more, so that the guest's begin where the host's do.
        Mapping mapping =
                Mapping.map(
                        bytes + HUGE_PAGE,
                        Mapping.PROT_READ | Mapping.PROT_WRITE,
                        Mapping.MAP_PRIVATE | Mapping.MAP_ANONYMOUS | Mapping.MAP_NORESERVE,
                        -1,
                        0);
        long skip = -mapping.address() & HUGE_PAGE - 1;
        mapping.advise(skip, bytes, Mapping.MADV_HUGEPAGE);
        mapping.advise(skip, bytes, Mapping.MADV_DONTDUMP);
        long low = Math.min(bytes, MMIO_HOLE_START);
        List<GuestRegion> regions = new ArrayList<>();
        regions.add(new GuestRegion(0, mapping.segment().asSlice(skip, low), -1, 0));
        if (bytes > low) {
            MemorySegment high = mapping.segment().asSlice(skip + low, bytes - low);
            regions.add(new GuestRegion(MMIO_HOLE_END, high, -1, 0));
        }
        return new GuestMemory(regions, List.of(mapping));
    }

    /** The memfd of a guest's memory and its mapping here. */
    private record Backing(Fd file, Mapping mapping) {
        static Backing of(long bytes, boolean huge) {
            if (huge) {
                try {
                    return map(MemFd.createHuge("jsbx-guest-memory", bytes), bytes);
                } catch (LinuxException noPagesReserved) {
                    // Ordinary pages do as well, only slower.
                }
            }
            return map(MemFd.create("jsbx-guest-memory", bytes), bytes);
        }

        private static Backing map(Fd file, long bytes) {
            try {
                return new Backing(file, Mapping.shared(file, 0, bytes));
            } catch (LinuxException e) {
                file.close();
                throw e;
            }
        }
    }

    /** The regions, in order of guest physical address. */
    public List<GuestRegion> regions() {
        return List.of(regions);
    }

    /** Bytes of all regions together. */
    public long size() {
        long sum = 0;
        for (GuestRegion region : regions) {
            sum += region.size();
        }
        return sum;
    }

    /**
     * The one checked way from a guest's numbers to memory.
     *
     * @param gpa guest physical address
     * @param length in bytes, may be 0
     * @throws BadGuestAddress unless the whole range lies within one region
     */
    public MemorySegment slice(long gpa, long length) {
        GuestRegion region = region(gpa, length);
        return region.segment().asSlice(gpa - region.gpa(), length);
    }

    /**
     * The address in this process of a checked range, for iovecs; valid until {@link #close}.
     *
     * @throws BadGuestAddress unless the whole range lies within one region
     */
    public long address(long gpa, long length) {
        GuestRegion region = region(gpa, length);
        return region.segment().address() + (gpa - region.gpa());
    }

    /** Whether the whole range lies within one region. */
    public boolean contains(long gpa, long length) {
        for (GuestRegion region : regions) {
            if (region.contains(gpa, length)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The region that holds the whole range.
     *
     * @throws BadGuestAddress if none does
     */
    public GuestRegion region(long gpa, long length) {
        for (GuestRegion region : regions) {
            if (region.contains(gpa, length)) {
                return region;
            }
        }
        throw new BadGuestAddress(gpa, length);
    }

    /** Unmaps and closes what it owns. The caller has stopped every thread that uses it. */
    @Override
    public void close() {
        for (AutoCloseable resource : owned.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("closing guest memory", e);
            }
        }
    }
}

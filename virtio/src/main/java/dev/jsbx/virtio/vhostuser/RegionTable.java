package dev.jsbx.virtio.vhostuser;

import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Mapping;
import dev.jsbx.vmm.memory.GuestMemory;
import dev.jsbx.vmm.memory.GuestRegion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The guest's memory as the front-end has handed it over: per region a descriptor, which is mapped,
 * and where the region is for the guest and in the front-end's own address space.
 */
final class RegionTable implements AutoCloseable {
    /** How many regions there may be; more than machines have memory modules. */
    static final int MAX_REGIONS = 256;

    /**
     * @param user the address in the front-end's process, by which it names rings
     */
    private record Region(long gpa, long size, long user, Mapping mapping, GuestRegion guest) {}

    private final List<Region> regions = new ArrayList<>();
    private GuestMemory memory = GuestMemory.of(List.of(), List.of());

    /** The guest's memory as of the last change. */
    GuestMemory memory() {
        return memory;
    }

    boolean isEmpty() {
        return regions.isEmpty();
    }

    /**
     * Maps a region. The device must be quiesced, as for every other change.
     *
     * @param message holds its description (u64 guest address, size, user address, offset in the
     *     descriptor) at {@code at}; its next descriptor is taken
     */
    void add(Message message, int at) {
        long gpa = message.getLong(at);
        long size = message.getLong(at + 8);
        long user = message.getLong(at + 16);
        long offset = message.getLong(at + 24);
        try (Fd fd = message.takeFd()) {
            checkNew(gpa, size, offset);
            // From 0, since the offset need not be aligned to the descriptor's pages.
            Mapping mapping = Mapping.shared(fd, 0, size + offset);
            mapping.advise(0, size + offset, Mapping.MADV_DONTDUMP);
            GuestRegion guest =
                    new GuestRegion(gpa, mapping.segment().asSlice(offset, size), -1, offset);
            regions.add(new Region(gpa, size, user, mapping, guest));
        }
        rebuild();
    }

    private void checkNew(long gpa, long size, long offset) {
        if (size <= 0 || offset < 0 || gpa < 0 || size + offset < 0 || gpa + size < 0) {
            throw new ProtocolException(
                    String.format("region at %#x of %#x bytes, offset %#x", gpa, size, offset));
        }
        if (regions.size() == MAX_REGIONS) {
            throw new ProtocolException("more than " + MAX_REGIONS + " regions");
        }
        for (Region other : regions) {
            if (gpa < other.gpa + other.size && other.gpa < gpa + size) {
                throw new ProtocolException(String.format("region at %#x overlaps another", gpa));
            }
        }
    }

    /** Unmaps the region that the message describes as {@link #add} does. */
    void remove(Message message, int at) {
        long gpa = message.getLong(at);
        long size = message.getLong(at + 8);
        long user = message.getLong(at + 16);
        for (Region region : regions) {
            if (region.gpa == gpa && region.size == size && region.user == user) {
                regions.remove(region);
                rebuild();
                region.mapping.close();
                return;
            }
        }
        throw new ProtocolException(String.format("no region at %#x to remove", gpa));
    }

    /** Unmaps everything. */
    void clear() {
        List<Region> old = List.copyOf(regions);
        regions.clear();
        rebuild();
        old.forEach(region -> region.mapping.close());
    }

    private void rebuild() {
        List<GuestRegion> all =
                regions.stream()
                        .map(Region::guest)
                        .sorted(Comparator.comparingLong(GuestRegion::gpa))
                        .toList();
        memory = GuestMemory.of(all, List.of());
    }

    /**
     * The guest physical address of something that the front-end names by its own.
     *
     * @throws ProtocolException if it lies in no region
     */
    long gpa(long user) {
        for (Region region : regions) {
            long offset = user - region.user;
            if (offset >= 0 && offset < region.size) {
                return region.gpa + offset;
            }
        }
        throw new ProtocolException(String.format("no region has user address %#x", user));
    }

    @Override
    public void close() {
        clear();
    }
}

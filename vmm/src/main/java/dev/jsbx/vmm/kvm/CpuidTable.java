package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * What the {@code cpuid} instruction answers in a guest: {@code struct kvm_cpuid2} with its
 * entries, one per leaf and subleaf. Not safe for several threads.
 */
public final class CpuidTable {
    /** {@code KVM_CPUID_FLAG_SIGNIFCANT_INDEX}: the subleaf in ECX matters. */
    public static final int SIGNIFICANT_INDEX = 1;

    private static final int HEADER_SIZE = 8;
    private static final int ENTRY_SIZE = 40;
    private static final int ENTRY_INTS = ENTRY_SIZE / Integer.BYTES;

    /** {@code KVM_MAX_CPUID_ENTRIES} of the kernel. */
    private static final int MAX_ENTRIES = 256;

    /** One leaf, or subleaf. */
    public static final class Entry {
        // function, index, flags, eax, ebx, ecx, edx, padding × 3
        private final int[] fields;

        private Entry(int[] fields) {
            this.fields = fields;
        }

        /** The leaf: what EAX holds before the instruction. */
        public int function() {
            return fields[0];
        }

        /** The subleaf: what ECX holds before the instruction, if that matters. */
        public int index() {
            return fields[1];
        }

        public int eax() {
            return fields[3];
        }

        public int ebx() {
            return fields[4];
        }

        public int ecx() {
            return fields[5];
        }

        public int edx() {
            return fields[6];
        }

        public Entry eax(int value) {
            fields[3] = value;
            return this;
        }

        public Entry ebx(int value) {
            fields[4] = value;
            return this;
        }

        public Entry ecx(int value) {
            fields[5] = value;
            return this;
        }

        public Entry edx(int value) {
            fields[6] = value;
            return this;
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    /** An empty table. */
    public CpuidTable() {}

    /** A copy whose entries can be changed without changing these. */
    public CpuidTable copy() {
        CpuidTable copy = new CpuidTable();
        for (Entry entry : entries) {
            copy.entries.add(new Entry(entry.fields.clone()));
        }
        return copy;
    }

    /** The entries in the kernel's order. */
    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** The entry of a leaf and subleaf, or null. */
    public Entry find(int function, int index) {
        for (Entry entry : entries) {
            boolean indexed = (entry.fields[2] & SIGNIFICANT_INDEX) != 0;
            if (entry.function() == function && (!indexed || entry.index() == index)) {
                return entry;
            }
        }
        return null;
    }

    /** Adds a leaf of zeros, or returns the one that is there. */
    public Entry add(int function, int index, int flags) {
        Entry entry = find(function, index);
        if (entry == null) {
            entry = new Entry(new int[ENTRY_INTS]);
            entry.fields[0] = function;
            entry.fields[1] = index;
            entry.fields[2] = flags;
            entries.add(entry);
        }
        return entry;
    }

    /** Removes a leaf with all its subleaves. */
    public void remove(int function) {
        entries.removeIf(entry -> entry.function() == function);
    }

    static CpuidTable read(Fd fd, Request request) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment table = arena.allocate(HEADER_SIZE + MAX_ENTRIES * ENTRY_SIZE, 8);
            table.set(ValueLayout.JAVA_INT, 0, MAX_ENTRIES);
            request.call(fd, table);
            CpuidTable result = new CpuidTable();
            int count = table.get(ValueLayout.JAVA_INT, 0);
            for (int i = 0; i < count; i++) {
                long at = HEADER_SIZE + (long) i * ENTRY_SIZE;
                MemorySegment entry = table.asSlice(at, ENTRY_SIZE);
                result.entries.add(new Entry(entry.toArray(ValueLayout.JAVA_INT)));
            }
            return result;
        }
    }

    void write(Fd vcpu) {
        if (entries.size() > MAX_ENTRIES) {
            throw new LinuxException(Errno.E2BIG, "KVM_SET_CPUID2, " + entries.size() + " entries");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment table =
                    arena.allocate(HEADER_SIZE + (long) entries.size() * ENTRY_SIZE, 8);
            table.set(ValueLayout.JAVA_INT, 0, entries.size());
            long at = HEADER_SIZE;
            for (Entry entry : entries) {
                MemorySegment.copy(entry.fields, 0, table, ValueLayout.JAVA_INT, at, ENTRY_INTS);
                at += ENTRY_SIZE;
            }
            Request.KVM_SET_CPUID2.call(vcpu, table);
        }
    }
}

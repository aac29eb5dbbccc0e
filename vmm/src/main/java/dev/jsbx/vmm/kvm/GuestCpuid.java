package dev.jsbx.vmm.kvm;

/**
 * Makes the CPUID table that KVM supports into the one of a certain vCPU: one package, one core per
 * vCPU, one thread per core; no nested virtualization, no performance counters, nothing of the
 * host's topology.
 */
public final class GuestCpuid {
    // Intel SDM volume 2A, CPUID; AMD APM volume 3, appendix E.
    private static final int FEATURES = 1;
    private static final int CACHES_INTEL = 4;
    private static final int POWER = 6;
    private static final int STRUCTURED_FEATURES = 7;
    private static final int PERFORMANCE_COUNTERS = 0xa;
    private static final int TOPOLOGY = 0xb;
    private static final int TOPOLOGY_V2 = 0x1f;
    private static final int EXTENDED_FEATURES = 0x80000001;
    private static final int EXTENDED_SIZES = 0x80000008;
    private static final int CACHES_AMD = 0x8000001d;
    private static final int TOPOLOGY_AMD = 0x8000001e;

    private static final int ECX_VMX = 1 << 5;
    private static final int ECX_PDCM = 1 << 15;
    private static final int ECX_TSC_DEADLINE = 1 << 24;
    private static final int ECX_HYPERVISOR = 1 << 31;
    private static final int EDX_HTT = 1 << 28;
    private static final int EAX_TURBO = 1 << 1;
    private static final int ECX_EPB = 1 << 3;
    private static final int EDX_ARCH_CAPABILITIES = 1 << 29;
    private static final int ECX_CMP_LEGACY = 1 << 1;
    private static final int ECX_SVM = 1 << 2;
    private static final int ECX_TOPOLOGY_EXTENSIONS = 1 << 22;

    /** {@code "Auth"} of AuthenticAMD. */
    private static final int EBX_AMD = 0x68747541;

    private static final int LEVEL_SMT = 1;
    private static final int LEVEL_CORE = 2;

    private final CpuidTable supported;
    private final boolean tscDeadline;
    private final boolean amd;

    /**
     * @param supported as {@link Kvm#supportedCpuid} returns it; is not changed
     * @param tscDeadline whether KVM_CAP_TSC_DEADLINE_TIMER is there; the kernel does not say so in
     *     the table, because it depends on the in-kernel local APIC
     */
    public GuestCpuid(CpuidTable supported, boolean tscDeadline) {
        this.supported = supported;
        this.tscDeadline = tscDeadline;
        CpuidTable.Entry vendor = supported.find(0, 0);
        this.amd = vendor != null && vendor.ebx() == EBX_AMD;
    }

    /**
     * The table of one vCPU.
     *
     * @param id its number, which is its APIC id
     * @param count of vCPUs of the VM
     */
    public CpuidTable forVcpu(int id, int count) {
        CpuidTable table = supported.copy();
        features(table, id, count);
        power(table);
        topology(table, TOPOLOGY, id, count);
        if (supported.find(TOPOLOGY_V2, 0) != null) {
            topology(table, TOPOLOGY_V2, id, count);
        }
        if (amd) {
            amdTopology(table, id, count);
            caches(table, CACHES_AMD, count, false);
        } else {
            caches(table, CACHES_INTEL, count, true);
        }
        return table;
    }

    private void features(CpuidTable table, int id, int count) {
        CpuidTable.Entry leaf = table.add(FEATURES, 0, 0);
        int clflush = leaf.ebx() & 0xff00;
        leaf.ebx(id << 24 | ceilPowerOfTwo(count) << 16 | clflush);
        int ecx = leaf.ecx() & ~(ECX_PDCM | ECX_VMX) | ECX_HYPERVISOR;
        leaf.ecx(tscDeadline ? ecx | ECX_TSC_DEADLINE : ecx & ~ECX_TSC_DEADLINE);
        leaf.edx(count > 1 ? leaf.edx() | EDX_HTT : leaf.edx() & ~EDX_HTT);
        CpuidTable.Entry extended = table.find(EXTENDED_FEATURES, 0);
        if (extended != null) {
            extended.ecx(extended.ecx() & ~ECX_SVM);
        }
        CpuidTable.Entry structured = table.find(STRUCTURED_FEATURES, 0);
        if (amd && structured != null) {
            // KVM emulates the MSR everywhere; a real AMD CPU has none, and guests believe it.
            structured.edx(structured.edx() & ~EDX_ARCH_CAPABILITIES);
        }
    }

    private static void power(CpuidTable table) {
        CpuidTable.Entry power = table.find(POWER, 0);
        if (power != null) {
            power.eax(power.eax() & ~EAX_TURBO);
            power.ecx(power.ecx() & ~ECX_EPB);
        }
        CpuidTable.Entry counters = table.find(PERFORMANCE_COUNTERS, 0);
        if (counters != null) {
            counters.eax(0).ebx(0).ecx(0).edx(0);
        }
    }

    /** Leaf 0xb or 0x1f: threads of a core (one), then cores of the package. */
    private static void topology(CpuidTable table, int leaf, int id, int count) {
        table.remove(leaf);
        level(table, leaf, 0, LEVEL_SMT).eax(0).ebx(1).edx(id);
        level(table, leaf, 1, LEVEL_CORE).eax(bits(count)).ebx(count).edx(id);
        level(table, leaf, 2, 0).edx(id);
    }

    private static CpuidTable.Entry level(CpuidTable table, int leaf, int index, int type) {
        return table.add(leaf, index, CpuidTable.SIGNIFICANT_INDEX).ecx(type << 8 | index);
    }

    private static void amdTopology(CpuidTable table, int id, int count) {
        CpuidTable.Entry features = table.find(EXTENDED_FEATURES, 0);
        if (features != null) {
            features.ecx(
                    count > 1 ? features.ecx() | ECX_CMP_LEGACY : features.ecx() & ~ECX_CMP_LEGACY);
        }
        CpuidTable.Entry sizes = table.find(EXTENDED_SIZES, 0);
        if (sizes != null) {
            sizes.ecx(bits(count) << 12 | count - 1);
        }
        CpuidTable.Entry topology = table.find(TOPOLOGY_AMD, 0);
        if (features != null
                && (features.ecx() & ECX_TOPOLOGY_EXTENSIONS) != 0
                && topology != null) {
            topology.eax(id).ebx(id).ecx(0).edx(0);
        }
    }

    /** Which vCPUs share a cache: the third level all of them, the others nobody. */
    private static void caches(CpuidTable table, int leaf, int count, boolean coresInLeaf) {
        for (CpuidTable.Entry cache : table.entries()) {
            int type = cache.eax() & 0x1f;
            if (cache.function() != leaf || type == 0) {
                continue;
            }
            int level = cache.eax() >>> 5 & 7;
            int sharing = level >= 3 ? ceilPowerOfTwo(count) - 1 : 0;
            int eax = cache.eax() & 0x3fff | sharing << 14;
            cache.eax(coresInLeaf ? eax | ceilPowerOfTwo(count) - 1 << 26 : eax);
        }
    }

    /** Bits of an APIC id that tell {@code count} CPUs apart. */
    private static int bits(int count) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
    }

    private static int ceilPowerOfTwo(int count) {
        return 1 << bits(count);
    }
}

package dev.jsbx.vmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GuestCpuidTest {
    private static final int INTEL = 0x756e6547;
    private static final int AMD = 0x68747541;

    private static CpuidTable host(int vendor) {
        CpuidTable table = new CpuidTable();
        table.add(0, 0, 0).ebx(vendor);
        table.add(1, 0, 0).ebx(0x07100800).ecx(-1 & ~(1 << 24)).edx(0);
        table.add(7, 0, CpuidTable.SIGNIFICANT_INDEX).edx(1 << 29);
        table.add(6, 0, 0).eax(7).ecx(9);
        table.add(0xa, 0, 0).eax(0x07300402);
        table.add(0xb, 0, CpuidTable.SIGNIFICANT_INDEX).ebx(2).ecx(0x100);
        table.add(0x80000001, 0, 0).ecx(1 << 2 | 1 << 22);
        table.add(0x80000008, 0, 0).eax(0x3030).ecx(0x7007);
        return table;
    }

    private static CpuidTable guest(int vendor, int id, int count) {
        CpuidTable host = host(vendor);
        int l1 = 1 | 1 << 5;
        int l3 = 3 | 3 << 5 | 63 << 14;
        if (vendor == INTEL) {
            host.add(4, 0, CpuidTable.SIGNIFICANT_INDEX).eax(l1 | 1 << 14 | 31 << 26);
            host.add(4, 1, CpuidTable.SIGNIFICANT_INDEX).eax(l3 | 31 << 26);
            host.add(4, 2, CpuidTable.SIGNIFICANT_INDEX).eax(0);
        } else {
            host.add(0x8000001d, 0, CpuidTable.SIGNIFICANT_INDEX).eax(l1 | 1 << 14);
            host.add(0x8000001d, 1, CpuidTable.SIGNIFICANT_INDEX).eax(l3);
            host.add(0x8000001e, 0, 0).eax(9).ebx(0x109).ecx(0x100);
        }
        return new GuestCpuid(host, true).forVcpu(id, count);
    }

    @Test
    void everyVcpuHasItsOwnApicId() {
        for (int id = 0; id < 4; id++) {
            CpuidTable table = guest(INTEL, id, 4);
            assertThat(table.find(1, 0).ebx()).isEqualTo(id << 24 | 4 << 16 | 0x800);
            assertThat(table.find(0xb, 0).edx()).isEqualTo(id);
            assertThat(table.find(0xb, 1).edx()).isEqualTo(id);
            assertThat(guest(AMD, id, 4).find(0x8000001e, 0).eax()).isEqualTo(id);
        }
    }

    @Test
    void aHypervisorAndItsTimerAreSeenButNoOtherOneCanBeBuilt() {
        int ecx = guest(INTEL, 0, 1).find(1, 0).ecx();
        assertThat(ecx & 1 << 31).as("HYPERVISOR").isNotZero();
        assertThat(ecx & 1 << 24).as("TSC_DEADLINE").isNotZero();
        assertThat(ecx & 1 << 5).as("VMX").isZero();
        assertThat(ecx & 1 << 15).as("PDCM").isZero();
        assertThat(guest(AMD, 0, 1).find(0x80000001, 0).ecx() & 1 << 2).as("SVM").isZero();
        int without = new GuestCpuid(host(INTEL), false).forVcpu(0, 1).find(1, 0).ecx();
        assertThat(without & 1 << 24).isZero();
    }

    @Test
    void oneCoreNeedsNoHyperThreadingFlagAndSeveralDo() {
        assertThat(guest(INTEL, 0, 1).find(1, 0).edx() & 1 << 28).isZero();
        assertThat(guest(INTEL, 0, 2).find(1, 0).edx() & 1 << 28).isNotZero();
    }

    @Test
    void theTopologyIsOnePackageOfCoresWithOneThreadEach() {
        CpuidTable table = guest(INTEL, 1, 6);
        CpuidTable.Entry threads = table.find(0xb, 0);
        assertThat(threads.eax()).isZero();
        assertThat(threads.ebx()).isEqualTo(1);
        assertThat(threads.ecx()).isEqualTo(0x100);
        CpuidTable.Entry cores = table.find(0xb, 1);
        assertThat(cores.eax()).as("bits of an APIC id").isEqualTo(3);
        assertThat(cores.ebx()).isEqualTo(6);
        assertThat(cores.ecx()).isEqualTo(0x201);
        assertThat(table.find(0xb, 2).ecx()).as("no further level").isEqualTo(2);
        assertThat(guest(AMD, 1, 6).find(0x80000008, 0).ecx()).isEqualTo(0x3005);
    }

    @Test
    void onlyTheLastCacheIsShared() {
        CpuidTable intel = guest(INTEL, 0, 4);
        assertThat(intel.find(4, 0).eax()).isEqualTo(1 | 1 << 5 | 3 << 26);
        assertThat(intel.find(4, 1).eax()).isEqualTo(3 | 3 << 5 | 3 << 14 | 3 << 26);
        assertThat(intel.find(4, 2).eax()).as("no cache").isZero();
        CpuidTable amd = guest(AMD, 0, 4);
        assertThat(amd.find(0x8000001d, 0).eax()).isEqualTo(1 | 1 << 5);
        assertThat(amd.find(0x8000001d, 1).eax()).isEqualTo(3 | 3 << 5 | 3 << 14);
    }

    @Test
    void countersAndTheHostsPowerControlAreHidden() {
        CpuidTable table = guest(INTEL, 0, 1);
        assertThat(table.find(0xa, 0).eax()).isZero();
        assertThat(table.find(6, 0).eax()).isEqualTo(5);
        assertThat(table.find(6, 0).ecx()).isEqualTo(1);
    }

    @Test
    void anAmdGuestIsNotShownIntelsArchCapabilities() {
        assertThat(guest(AMD, 0, 1).find(7, 0).edx()).isZero();
        assertThat(guest(INTEL, 0, 1).find(7, 0).edx()).isEqualTo(1 << 29);
    }

    @Test
    void theHostsTableIsNotChanged() {
        CpuidTable host = host(INTEL);
        new GuestCpuid(host, true).forVcpu(3, 4);
        assertThat(host.find(1, 0).ebx()).isEqualTo(0x07100800);
        assertThat(host.entries()).hasSize(8);
    }
}

package dev.jsbx.vmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VcpuTest {
    @BeforeEach
    void needsKvm() {
        TinyGuest.assumeKvm();
    }

    @Test
    void generalRegistersGoInAndOut() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            Regs regs = new Regs();
            for (Register register : Register.values()) {
                if (register != Register.RFLAGS) {
                    regs.set(register, 0x1000 + register.ordinal());
                }
            }
            guest.vcpu.setRegs(regs);
            assertThat(guest.vcpu.regs().bytes()).isEqualTo(regs.bytes());
        }
    }

    @Test
    void theGuestSeesAndChangesRegisters() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            guest.code("4c01c8 f4"); // add rax, r9; hlt
            guest.vcpu.setRegs(guest.vcpu.regs().set(Register.RAX, 40).set(Register.R9, 1L << 40));
            guest.run();
            assertThat(guest.vcpu.regs().get(Register.RAX)).isEqualTo((1L << 40) + 40);
            assertThat(guest.vcpu.regs().get(Register.RIP)).isEqualTo(TinyGuest.CODE + 4L);
        }
    }

    @Test
    void specialRegistersGoInAndOut() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            guest.enter();
            Sregs sregs = guest.vcpu.sregs();
            assertThat(sregs.segment(SegmentRegister.CS))
                    .isEqualTo(Segment.of(0x00af9b000000ffffL, 8));
            assertThat(sregs.segment(SegmentRegister.SS))
                    .isEqualTo(Segment.of(0x00cf93000000ffffL, 16));
            assertThat(sregs.get(ControlRegister.CR3)).isEqualTo(0x2000);
            assertThat(sregs.get(ControlRegister.EFER))
                    .isEqualTo(ControlRegister.EFER_LME | ControlRegister.EFER_LMA);
            Sregs again = new Sregs(sregs.bytes().clone());
            guest.vcpu.setSregs(again);
            assertThat(guest.vcpu.sregs().bytes()).isEqualTo(sregs.bytes());
        }
    }

    @Test
    void everyBlockOfStateGoesInAndOut() throws Exception {
        try (TinyGuest guest = new TinyGuest(true)) {
            for (VcpuBlock block : VcpuBlock.values()) {
                byte[] state = guest.vcpu.read(block);
                assertThat(state).as(block.name()).hasSize(block.size());
                guest.vcpu.write(block, state);
                assertThat(guest.vcpu.read(block)).as(block.name()).isEqualTo(state);
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> guest.vcpu.write(VcpuBlock.FPU, new byte[1]));
        }
    }

    @Test
    void modelSpecificRegistersGoInAndOut() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            int[] indexes = {Msr.LSTAR, Msr.STAR, Msr.SYSCALL_MASK};
            long[] values = {0xffffffff81000000L, 0x23001000000000L, 0x47700};
            guest.vcpu.setMsrs(indexes, values);
            assertThat(guest.vcpu.msrs(indexes)).isEqualTo(values);
        }
    }

    @Test
    void aModelSpecificRegisterThatDoesNotExistIsNamed() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> guest.vcpu.msrs(Msr.LSTAR, 0x7fffffff))
                    .withMessage("KVM_GET_MSRS refuses MSR 0x7fffffff");
        }
    }

    @Test
    void everyListedMsrIsReadInOneGo() throws Exception {
        try (TinyGuest guest = new TinyGuest(true)) {
            int[] indexes = guest.kvm.msrIndexes();
            assertThat(indexes).contains(Msr.IA32_TSC, Msr.STAR).hasSizeGreaterThan(20);
            int readable = 0;
            for (int index : indexes) {
                try {
                    guest.vcpu.msrs(index);
                    readable++;
                } catch (IllegalArgumentException notOnThisVcpu) {
                    // Some depend on CPUID bits that this vCPU was not given.
                }
            }
            assertThat(readable).isGreaterThan(20);
        }
    }

    @Test
    void theCpuidTableIsKept() throws Exception {
        try (TinyGuest guest = new TinyGuest(true);
                Vcpu second = guest.newVcpu(1)) {
            assertThat(second.cpuid().find(1, 0).ebx() >>> 24).isEqualTo(1);
            assertThat(second.cpuid().find(0xb, 0).edx()).isEqualTo(1);
        }
    }

    @Test
    void processorsButTheFirstWaitForInit() throws Exception {
        try (TinyGuest guest = new TinyGuest(true);
                Vcpu second = guest.newVcpu(1)) {
            assertThat(guest.vcpu.mpState()).isEqualTo(MpState.RUNNABLE);
            assertThat(second.mpState()).isEqualTo(MpState.UNINITIALIZED);
            second.setMpState(MpState.HALTED);
            assertThat(second.mpState()).isEqualTo(MpState.HALTED);
        }
    }

    @Test
    void linearAddressesAreTranslated() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            guest.enter();
            assertThat(guest.vcpu.translate(0x1234)).isEqualTo(0x1234);
            assertThat(guest.vcpu.translate(TinyGuest.HIGH + 5)).isEqualTo(TinyGuest.HIGH + 5);
            assertThat(guest.vcpu.translate(2L << 30)).isEqualTo(-1);
        }
    }

    @Test
    void theTimeStampCounterHasAFrequency() throws Exception {
        try (TinyGuest guest = new TinyGuest(true)) {
            int khz = guest.vcpu.tscKhz();
            assertThat(khz).isGreaterThan(100_000);
            guest.vcpu.setTscKhz(khz);
            guest.vcpu.announcePause();
        }
    }
}

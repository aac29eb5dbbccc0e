package dev.jsbx.vmm.boot;

import dev.jsbx.vmm.kvm.ControlRegister;
import dev.jsbx.vmm.kvm.Msr;
import dev.jsbx.vmm.kvm.Register;
import dev.jsbx.vmm.kvm.Regs;
import dev.jsbx.vmm.kvm.Segment;
import dev.jsbx.vmm.kvm.SegmentRegister;
import dev.jsbx.vmm.kvm.Sregs;
import dev.jsbx.vmm.kvm.Vcpu;
import dev.jsbx.vmm.kvm.VcpuBlock;
import dev.jsbx.vmm.memory.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The state in which Linux wants its CPUs (Linux {@code Documentation/arch/x86/boot.rst}, "64-bit
 * Boot Protocol"): paging on with memory mapped to itself, flat segments with selectors 0x10 and
 * 0x18 of which only the contents matter, interrupts off, the zero page's address in RSI.
 */
public final class LinuxEntry {
    private static final long CODE = 0x00af9b000000ffffL;
    private static final long DATA = 0x00cf93000000ffffL;
    private static final long TASK = 0x008f8b000000ffffL;
    private static final int CODE_SELECTOR = 8;
    private static final int DATA_SELECTOR = 16;
    private static final int TASK_SELECTOR = 24;
    private static final int GDT_LIMIT = 31;
    private static final int IDT_LIMIT = 7;

    /**
     * {@code mov al, 0xfe; out 0x64, al; hlt; jmp}: the keyboard controller's reset. Linux on
     * hardware-reduced ACPI jumps to the BIOS to reboot, unless {@code reboot=} says otherwise.
     */
    private static final byte[] RESET = {
        (byte) 0xb0, (byte) 0xfe, (byte) 0xe6, 0x64, (byte) 0xf4, (byte) 0xeb, (byte) 0xfd
    };

    private static final long PRESENT_WRITABLE = 3;
    private static final long LARGE_PAGE = 0x80;
    private static final int ENTRIES = 512;

    // Intel SDM volume 1, 8.1.5 and 10.2.3: what FNINIT and reset leave.
    private static final short FCW_DEFAULT = 0x37f;
    private static final int MXCSR_DEFAULT = 0x1f80;

    // Delivery modes of local vector table entries, bits 8 to 10 (Intel SDM volume 3A, 11.5.1).
    private static final int LVT_MODE_NMI = 4 << 8;
    private static final int LVT_MODE_EXTINT = 7 << 8;
    private static final int LVT_MODE_MASK = 7 << 8;

    private LinuxEntry() {}

    /** Writes GDT, reset vector and page tables: the first GiB, in pages of 2 MiB. */
    public static void writeTables(GuestMemory memory) {
        MemorySegment gdt = memory.slice(Layout.GDT, GDT_LIMIT + 1L);
        gdt.set(ValueLayout.JAVA_LONG, CODE_SELECTOR, CODE);
        gdt.set(ValueLayout.JAVA_LONG, DATA_SELECTOR, DATA);
        gdt.set(ValueLayout.JAVA_LONG, TASK_SELECTOR, TASK);
        memory.slice(Layout.IDT, Long.BYTES).set(ValueLayout.JAVA_LONG, 0, 0);
        MemorySegment vector = memory.slice(Layout.RESET_VECTOR, RESET.length);
        MemorySegment.copy(RESET, 0, vector, ValueLayout.JAVA_BYTE, 0, RESET.length);
        entry(memory, Layout.PML4, Layout.PDPT | PRESENT_WRITABLE);
        entry(memory, Layout.PDPT, Layout.PD | PRESENT_WRITABLE);
        MemorySegment directory = memory.slice(Layout.PD, ENTRIES * (long) Long.BYTES);
        for (long i = 0; i < ENTRIES; i++) {
            directory.setAtIndex(ValueLayout.JAVA_LONG, i, i << 21 | LARGE_PAGE | PRESENT_WRITABLE);
        }
    }

    private static void entry(GuestMemory memory, long gpa, long value) {
        memory.slice(gpa, Long.BYTES).set(ValueLayout.JAVA_LONG, 0, value);
    }

    /** Gives a vCPU what firmware would have; all vCPUs, after CPUID. */
    public static void prepare(Vcpu vcpu) {
        vcpu.setMsrs(
                new int[] {Msr.IA32_MISC_ENABLE, Msr.MTRR_DEF_TYPE},
                new long[] {Msr.MISC_ENABLE_FAST_STRING, Msr.MTRR_ENABLED_WRITE_BACK});
        ByteBuffer lapic =
                ByteBuffer.wrap(vcpu.read(VcpuBlock.LAPIC)).order(ByteOrder.LITTLE_ENDIAN);
        mode(lapic, VcpuBlock.LAPIC_OFFSET_LVT_LINT0, LVT_MODE_EXTINT);
        mode(lapic, VcpuBlock.LAPIC_OFFSET_LVT_LINT1, LVT_MODE_NMI);
        vcpu.write(VcpuBlock.LAPIC, lapic.array());
    }

    private static void mode(ByteBuffer lapic, int offset, int mode) {
        lapic.putInt(offset, lapic.getInt(offset) & ~LVT_MODE_MASK | mode);
    }

    /** Puts vCPU 0 in front of the kernel's first instruction; after {@link #prepare}. */
    public static void enter(Vcpu vcpu, long entry) {
        ByteBuffer fpu = ByteBuffer.wrap(vcpu.read(VcpuBlock.FPU)).order(ByteOrder.LITTLE_ENDIAN);
        fpu.putShort(VcpuBlock.FPU_OFFSET_FCW, FCW_DEFAULT);
        fpu.putInt(VcpuBlock.FPU_OFFSET_MXCSR, MXCSR_DEFAULT);
        vcpu.write(VcpuBlock.FPU, fpu.array());
        vcpu.setSregs(longMode(vcpu.sregs()));
        vcpu.setRegs(
                new Regs()
                        .set(Register.RIP, entry)
                        .set(Register.RSP, Layout.STACK)
                        .set(Register.RBP, Layout.STACK)
                        .set(Register.RSI, Layout.ZERO_PAGE));
    }

    private static Sregs longMode(Sregs sregs) {
        Segment data = Segment.of(DATA, DATA_SELECTOR);
        return sregs.segment(SegmentRegister.CS, Segment.of(CODE, CODE_SELECTOR))
                .segment(SegmentRegister.DS, data)
                .segment(SegmentRegister.ES, data)
                .segment(SegmentRegister.FS, data)
                .segment(SegmentRegister.GS, data)
                .segment(SegmentRegister.SS, data)
                .segment(SegmentRegister.TR, Segment.of(TASK, TASK_SELECTOR))
                .gdt(Layout.GDT, GDT_LIMIT)
                .idt(Layout.IDT, IDT_LIMIT)
                // Set, not added to: after reset CR0 has the caches off.
                .set(
                        ControlRegister.CR0,
                        ControlRegister.CR0_PE | ControlRegister.CR0_ET | ControlRegister.CR0_PG)
                .set(ControlRegister.CR3, Layout.PML4)
                .set(ControlRegister.CR4, ControlRegister.CR4_PAE)
                .set(ControlRegister.EFER, ControlRegister.EFER_LME | ControlRegister.EFER_LMA);
    }
}

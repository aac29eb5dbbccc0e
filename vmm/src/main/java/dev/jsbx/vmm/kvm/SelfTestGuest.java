package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.memory.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;

/**
 * The self-test's guest: page tables, descriptor tables and a program of some 100 bytes that goes
 * from ring 0 to ring 3, back by {@code syscall}, there again by {@code sysret}, and ends in ring 0
 * with {@code hlt}. It tells of its progress through ports.
 *
 * <pre>
 *   linear                       guest physical
 *   0 – 4 MiB, user              0 – 4 MiB
 *   KERNEL – +4 MiB, supervisor  0 – 4 MiB
 * </pre>
 */
final class SelfTestGuest {
    /** Bytes of memory. */
    static final int MEMORY = 4 << 20;

    /**
     * Iterations of the timed loop, of two instructions each: enough for the exit that ends it to
     * weigh little where exits are dear, and few enough for an interpreter to be through in 2 ms.
     */
    static final int ITERATIONS = 4000;

    /**
     * How often an exit, and the loop with an exit, are timed. The best of each counts: on a busy
     * host some hold the turn of another program.
     */
    static final int ROUNDS = 8;

    /** The guest passes a point in time. */
    static final int PORT_MARK = 0x10;

    /** The guest says what {@code cpuid} gave as EBX of leaf 1. */
    static final int PORT_CPUID = 0x11;

    /** The guest is in its system call handler. */
    static final int PORT_SYSCALL = 0x12;

    /** The guest is past the last instruction. */
    static final int PORT_DONE = 0x13;

    /** The guest got an exception; AL is its vector. */
    static final int PORT_EXCEPTION = 0x20;

    /** What leaf 1 EBX is set to: a made-up APIC id, and the usual cache line of 8 × 8 bytes. */
    static final int CPUID_EBX = 0x5a000800;

    private static final long KERNEL = 0xffffffff80000000L;

    private static final long PML4 = 0x2000;
    private static final long PDPT_LOW = 0x3000;
    private static final long PD_USER = 0x4000;
    private static final long PDPT_HIGH = 0x5000;
    private static final long PD_KERNEL = 0x6000;
    private static final long GDT = 0x7000;
    private static final long TSS = 0x8000;
    private static final long IDT = 0x9000;
    private static final long STUBS = 0xa000;
    private static final long CODE = 0x10000;
    private static final long HANDLER = 0x11000;
    private static final long STACK = 0x20000;
    private static final long EXCEPTION_STACK = 0x30000;
    private static final long USER_CODE = 0x200000;
    private static final long USER_STACK = 0x300000;

    private static final int CODE_SELECTOR = 0x10;
    private static final int DATA_SELECTOR = 0x18;
    private static final int USER_DATA_SELECTOR = 0x2b;
    private static final int USER_CODE_SELECTOR = 0x33;
    private static final int TSS_SELECTOR = 0x40;
    private static final int GDT_LIMIT = 0x4f;
    private static final long KERNEL_CODE = 0x00af9b000000ffffL;
    private static final long KERNEL_DATA = 0x00cf93000000ffffL;
    private static final long USER_DATA = 0x00cff3000000ffffL;
    private static final long USER_CODE_64 = 0x00affb000000ffffL;
    private static final long TSS_AVAILABLE = 0x0000890000000067L;
    private static final int VECTORS = 32;
    private static final int STUB_SIZE = 16;

    private static final long PRESENT_WRITABLE = 3;
    private static final long USER = 4;
    private static final long LARGE = 0x80;

    private SelfTestGuest() {}

    /** Fills in everything that the guest needs in memory. */
    static void load(GuestMemory memory) {
        MemorySegment m = memory.slice(0, MEMORY);
        pageTables(m);
        descriptors(m);
        exceptions(m);
        put(m, CODE, program());
        put(m, HANDLER, handler());
        // mov ebx, cs; syscall; mov edx, cs; syscall
        put(m, USER_CODE, "8ccb 0f05 8cca 0f05 ebfe");
    }

    private static void pageTables(MemorySegment m) {
        set(m, PML4, PDPT_LOW | PRESENT_WRITABLE | USER);
        set(m, PML4 + 511 * 8, PDPT_HIGH | PRESENT_WRITABLE);
        set(m, PDPT_LOW, PD_USER | PRESENT_WRITABLE | USER);
        set(m, PDPT_HIGH + 510 * 8, PD_KERNEL | PRESENT_WRITABLE);
        for (long i = 0; i < MEMORY >> 21; i++) {
            set(m, PD_USER + i * 8, i << 21 | LARGE | PRESENT_WRITABLE | USER);
            set(m, PD_KERNEL + i * 8, i << 21 | LARGE | PRESENT_WRITABLE);
        }
    }

    private static void descriptors(MemorySegment m) {
        set(m, GDT + CODE_SELECTOR, KERNEL_CODE);
        set(m, GDT + DATA_SELECTOR, KERNEL_DATA);
        set(m, GDT + (USER_DATA_SELECTOR & ~7), USER_DATA);
        set(m, GDT + (USER_CODE_SELECTOR & ~7), USER_CODE_64);
        set(m, GDT + TSS_SELECTOR, TSS_AVAILABLE);
        m.set(ValueLayout.JAVA_LONG_UNALIGNED, TSS + 4, KERNEL + EXCEPTION_STACK); // rsp0
    }

    private static void exceptions(MemorySegment m) {
        for (int vector = 0; vector < VECTORS; vector++) {
            long stub = KERNEL + STUBS + (long) vector * STUB_SIZE;
            // A 64-bit interrupt gate (Intel SDM volume 3A, figure 6-8).
            long low =
                    stub & 0xffff
                            | (long) CODE_SELECTOR << 16
                            | 0x8e00L << 32
                            | (stub >>> 16 & 0xffff) << 48;
            set(m, IDT + vector * 16L, low);
            set(m, IDT + vector * 16L + 8, stub >>> 32);
            // mov al, vector; out PORT_EXCEPTION, al; hlt
            byte[] code = {(byte) 0xb0, (byte) vector, (byte) 0xe6, PORT_EXCEPTION, (byte) 0xf4};
            put(m, STUBS + (long) vector * STUB_SIZE, code);
        }
    }

    private static byte[] program() {
        return HexFormat.of()
                .parseHex(
                        ("be 08 00 00 00" // mov esi, ROUNDS
                                        + "e6 10 e6 10" // out PORT_MARK, al; twice
                                        + "b9 a0 0f 00 00" // mov ecx, ITERATIONS
                                        + "ff c9 75 fc" // dec ecx; jnz
                                        + "ff ce 75 ef" // dec esi; jnz to the first out
                                        + "e6 10" // out PORT_MARK, al
                                        + "b8 01 00 00 00 31 c9 0f a2" // eax = 1, ecx = 0; cpuid
                                        + "89 d8 e7 11" // mov eax, ebx; out PORT_CPUID, eax
                                        + "6a 2b" // push USER_DATA_SELECTOR
                                        + "68 00 00 30 00" // push USER_STACK
                                        + "6a 02" // push RFLAGS
                                        + "6a 33" // push USER_CODE_SELECTOR
                                        + "68 00 00 20 00" // push USER_CODE
                                        + "48 cf") // iretq
                                .replace(" ", ""));
    }

    private static byte[] handler() {
        return HexFormat.of()
                .parseHex(
                        ("e6 12" // out PORT_SYSCALL, al
                                        + "41 ff c8 74 03" // dec r8d; jz + 3
                                        + "48 0f 07" // sysretq
                                        + "9b" // fwait
                                        + "e6 13 f4") // out PORT_DONE, al; hlt
                                .replace(" ", ""));
    }

    /** Puts the vCPU at the program's first instruction. */
    static void enter(Vcpu vcpu) {
        Segment data = Segment.of(KERNEL_DATA, DATA_SELECTOR);
        // A task register must say "busy", type 11.
        Segment task =
                new Segment(
                        KERNEL + TSS, 0x67, TSS_SELECTOR, Segment.access(11, false, 0, true), 0);
        Sregs sregs = vcpu.sregs();
        sregs.segment(SegmentRegister.CS, Segment.of(KERNEL_CODE, CODE_SELECTOR))
                .segment(SegmentRegister.DS, data)
                .segment(SegmentRegister.ES, data)
                .segment(SegmentRegister.FS, data)
                .segment(SegmentRegister.GS, data)
                .segment(SegmentRegister.SS, data)
                .segment(SegmentRegister.TR, task)
                .gdt(KERNEL + GDT, GDT_LIMIT)
                .idt(KERNEL + IDT, VECTORS * 16 - 1)
                .set(ControlRegister.CR0, 0x80050033L) // PG AM WP NE ET MP PE
                .set(ControlRegister.CR3, PML4)
                .set(
                        ControlRegister.CR4,
                        ControlRegister.CR4_PAE
                                | ControlRegister.CR4_OSFXSR
                                | ControlRegister.CR4_OSXMMEXCPT)
                .set(
                        ControlRegister.EFER,
                        ControlRegister.EFER_SCE
                                | ControlRegister.EFER_LME
                                | ControlRegister.EFER_LMA
                                | ControlRegister.EFER_NXE);
        vcpu.setSregs(sregs);
        vcpu.setMsrs(
                new int[] {Msr.STAR, Msr.LSTAR, Msr.SYSCALL_MASK},
                new long[] {0x23L << 48 | (long) CODE_SELECTOR << 32, KERNEL + HANDLER, 0x47700});
        vcpu.setRegs(
                new Regs()
                        .set(Register.RIP, KERNEL + CODE)
                        .set(Register.RSP, KERNEL + STACK)
                        .set(Register.R8, 2)); // system calls to make
    }

    private static void set(MemorySegment m, long at, long value) {
        m.set(ValueLayout.JAVA_LONG, at, value);
    }

    private static void put(MemorySegment m, long at, String hex) {
        put(m, at, HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private static void put(MemorySegment m, long at, byte[] bytes) {
        MemorySegment.copy(bytes, 0, m, ValueLayout.JAVA_BYTE, at, bytes.length);
    }
}

package dev.jsbx.vmm.boot;

import dev.jsbx.vmm.memory.GuestMemory;

/**
 * Where things are in guest physical memory. All numbers are addresses unless they say otherwise.
 *
 * <pre>
 *   0x00000500  GDT, IDT             what vCPU 0 starts with; the kernel replaces all of it
 *   0x00007000  zero page            struct boot_params
 *   0x00008ff0  stack, growing down
 *   0x00009000  page tables
 *   0x00020000  command line
 *   0x0009fc00  end of RAM below 1 MiB; from here on reserved
 *   0x000e0000  ACPI tables, VM generation id, reset vector
 *   0x00100000  RAM; the kernel at its own address, mostly 16 MiB; the initrd at the top
 *   0xc0000000  virtio-mmio devices, 4 KiB each
 *   0xfec00000  IOAPIC
 *   0xfee00000  local APICs
 *  0x100000000  RAM that did not fit below; above it, from the next GiB on, devices' windows
 * </pre>
 */
public final class Layout {
    static final long GDT = 0x500;
    static final long IDT = 0x520;
    static final long ZERO_PAGE = 0x7000;
    static final long STACK = 0x8ff0;
    static final long PML4 = 0x9000;
    static final long PDPT = 0xa000;
    static final long PD = 0xb000;
    static final long COMMAND_LINE = 0x20000;

    /** {@code COMMAND_LINE_SIZE} of x86 Linux, bytes with the NUL at the end. */
    static final int COMMAND_LINE_SIZE = 2048;

    /** Where a PC's extended BIOS data area would begin. */
    static final long LOW_RAM_END = 0x9fc00;

    /** Where the RSDP lies, and behind it the other ACPI tables. */
    public static final long ACPI = 0xe0000;

    /** 16 random bytes that change when the guest is cloned or restored. */
    public static final long VM_GENERATION_ID = 0xff000;

    /** The first byte above the ACPI tables. */
    public static final long ACPI_END = VM_GENERATION_ID;

    /** Where a PC's CPU begins after a reset: the last 16 bytes of the BIOS. */
    static final long RESET_VECTOR = 0xffff0;

    static final long HIGH_RAM = 0x100000;

    /** The first virtio-mmio device. */
    public static final long MMIO_DEVICES = GuestMemory.MMIO_HOLE_START;

    /** Bytes from one virtio-mmio device to the next. */
    public static final long MMIO_DEVICE_SIZE = 0x1000;

    /** The in-kernel IOAPIC, where KVM puts it. */
    public static final long IOAPIC = 0xfec00000L;

    /** The local APICs, where the CPU puts them. */
    public static final long LAPIC = 0xfee00000L;

    /** Three pages for KVM itself. */
    public static final long KVM_TSS = 0xfffbd000L;

    private Layout() {}
}

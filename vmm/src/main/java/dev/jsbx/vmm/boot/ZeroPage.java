package dev.jsbx.vmm.boot;

import dev.jsbx.vmm.memory.GuestMemory;
import dev.jsbx.vmm.memory.GuestRegion;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@code struct boot_params}, what a boot loader tells Linux (Linux {@code
 * Documentation/arch/x86/zero-page.rst} and {@code boot.rst}).
 */
final class ZeroPage {
    private static final int SIZE = 0x1000;
    private static final int OFFSET_ACPI_RSDP_ADDR = 0x070;
    private static final int OFFSET_E820_ENTRIES = 0x1e8;
    private static final int OFFSET_BOOT_FLAG = 0x1fe;
    private static final int OFFSET_HEADER = 0x202;
    private static final int OFFSET_VERSION = 0x206;
    private static final int OFFSET_TYPE_OF_LOADER = 0x210;
    private static final int OFFSET_RAMDISK_IMAGE = 0x218;
    private static final int OFFSET_RAMDISK_SIZE = 0x21c;
    private static final int OFFSET_CMD_LINE_PTR = 0x228;
    private static final int OFFSET_KERNEL_ALIGNMENT = 0x230;
    private static final int OFFSET_CMDLINE_SIZE = 0x238;
    private static final int OFFSET_E820_TABLE = 0x2d0;
    private static final int E820_ENTRY_SIZE = 20;

    private static final short BOOT_FLAG = (short) 0xaa55;
    private static final int HDRS = 0x53726448;

    /** Protocol 2.15, the newest. */
    private static final short VERSION = 0x20f;

    /** A loader without a number of its own. */
    private static final byte UNDEFINED_LOADER = (byte) 0xff;

    private static final int ALIGNMENT = 0x1000000;
    private static final int E820_TYPE_RAM = 1;
    private static final int E820_TYPE_RESERVED = 2;

    private final MemorySegment page;
    private int ranges;

    private ZeroPage(MemorySegment page) {
        this.page = page;
    }

    /**
     * Writes the zero page.
     *
     * @param initrd where the initrd is, guest physical
     * @param initrdSize its bytes; 0 for none
     * @param commandLineSize bytes of the command line without NUL
     */
    static void write(GuestMemory memory, long initrd, long initrdSize, int commandLineSize) {
        ZeroPage zero = new ZeroPage(memory.slice(Layout.ZERO_PAGE, SIZE));
        zero.header(initrd, initrdSize, commandLineSize);
        zero.range(0, Layout.LOW_RAM_END, E820_TYPE_RAM);
        zero.range(Layout.LOW_RAM_END, Layout.HIGH_RAM, E820_TYPE_RESERVED);
        for (GuestRegion region : memory.regions()) {
            zero.range(Math.max(region.gpa(), Layout.HIGH_RAM), region.end(), E820_TYPE_RAM);
        }
    }

    private void header(long initrd, long initrdSize, int commandLineSize) {
        page.set(ValueLayout.JAVA_LONG, OFFSET_ACPI_RSDP_ADDR, Layout.ACPI);
        page.set(ValueLayout.JAVA_SHORT, OFFSET_BOOT_FLAG, BOOT_FLAG);
        page.set(ValueLayout.JAVA_INT_UNALIGNED, OFFSET_HEADER, HDRS);
        page.set(ValueLayout.JAVA_SHORT, OFFSET_VERSION, VERSION);
        page.set(ValueLayout.JAVA_BYTE, OFFSET_TYPE_OF_LOADER, UNDEFINED_LOADER);
        page.set(ValueLayout.JAVA_INT, OFFSET_RAMDISK_IMAGE, (int) initrd);
        page.set(ValueLayout.JAVA_INT, OFFSET_RAMDISK_SIZE, (int) initrdSize);
        page.set(ValueLayout.JAVA_INT, OFFSET_CMD_LINE_PTR, (int) Layout.COMMAND_LINE);
        page.set(ValueLayout.JAVA_INT, OFFSET_KERNEL_ALIGNMENT, ALIGNMENT);
        page.set(ValueLayout.JAVA_INT, OFFSET_CMDLINE_SIZE, commandLineSize);
    }

    private void range(long start, long end, int type) {
        int at = OFFSET_E820_TABLE + ranges * E820_ENTRY_SIZE;
        page.set(ValueLayout.JAVA_LONG_UNALIGNED, at, start);
        page.set(ValueLayout.JAVA_LONG_UNALIGNED, at + 8L, end - start);
        page.set(ValueLayout.JAVA_INT_UNALIGNED, at + 16L, type);
        page.set(ValueLayout.JAVA_BYTE, OFFSET_E820_ENTRIES, (byte) ++ranges);
    }
}

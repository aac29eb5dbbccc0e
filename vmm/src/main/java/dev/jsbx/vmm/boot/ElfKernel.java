package dev.jsbx.vmm.boot;

import dev.jsbx.vmm.memory.GuestMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * An uncompressed kernel, {@code vmlinux}: its ELF segments are copied to the physical addresses
 * that they name, and it is entered where its header says, in 64-bit mode (Linux {@code
 * Documentation/arch/x86/boot.rst}, "64-bit Boot Protocol"). A bzImage is unpacked first, which
 * takes as long as the guest would take; images keep the unpacked kernel.
 *
 * @param entry guest physical address of the first instruction
 * @param end guest physical address after the last byte, with zeroed data
 */
public record ElfKernel(long entry, long end) {
    // elf(5), 64-bit.
    private static final int ELF_MAGIC = 0x464c457f;
    private static final int EI_CLASS = 4;
    private static final int EI_DATA = 5;
    private static final int E_MACHINE = 18;
    private static final int E_ENTRY = 24;
    private static final int E_PHOFF = 32;
    private static final int E_PHENTSIZE = 54;
    private static final int E_PHNUM = 56;
    private static final int EHDR_SIZE = 64;
    private static final int P_OFFSET = 8;
    private static final int P_PADDR = 24;
    private static final int P_FILESZ = 32;
    private static final int P_MEMSZ = 40;
    private static final int PHDR_SIZE = 56;
    private static final int ELFCLASS64 = 2;
    private static final int ELFDATA2LSB = 1;
    private static final int EM_X86_64 = 62;
    private static final int PT_LOAD = 1;

    /** More than any kernel has. */
    private static final int MAX_SEGMENTS = 64;

    /**
     * Copies a kernel into guest memory that is still all zero.
     *
     * @throws BadKernelException if the file is no kernel, or a broken one
     * @throws IOException if it cannot be read, or does not fit
     */
    public static ElfKernel load(Path file, GuestMemory memory) throws IOException {
        try (KernelFile kernel = KernelFile.open(file, "kernel")) {
            if (isElf(kernel)) {
                return load(kernel, memory);
            }
        }
        try (KernelFile unpacked = KernelFile.of(BzImage.readVmlinux(file), file.toString())) {
            return load(unpacked, memory);
        }
    }

    private static boolean isElf(KernelFile file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment magic = arena.allocate(ValueLayout.JAVA_INT);
            return file.read(0, magic) && magic.get(ValueLayout.JAVA_INT, 0) == ELF_MAGIC;
        }
    }

    static ElfKernel load(KernelFile file, GuestMemory memory) throws IOException {
        ByteBuffer header = bytes(file, 0, EHDR_SIZE);
        if (header.getInt(0) != ELF_MAGIC
                || header.get(EI_CLASS) != ELFCLASS64
                || header.get(EI_DATA) != ELFDATA2LSB
                || header.getShort(E_MACHINE) != EM_X86_64) {
            throw new BadKernelException(file.name(), "is no ELF file for x86-64");
        }
        int count = Short.toUnsignedInt(header.getShort(E_PHNUM));
        if (header.getShort(E_PHENTSIZE) != PHDR_SIZE || count == 0 || count > MAX_SEGMENTS) {
            throw new BadKernelException(file.name(), "has a broken ELF program header table");
        }
        ByteBuffer table = bytes(file, header.getLong(E_PHOFF), count * PHDR_SIZE);
        long entry = header.getLong(E_ENTRY);
        long end = 0;
        boolean entered = false;
        for (int at = 0; at < table.capacity(); at += PHDR_SIZE) {
            if (table.getInt(at) == PT_LOAD && table.getLong(at + P_MEMSZ) != 0) {
                long start = table.getLong(at + P_PADDR);
                long stop = segment(file, table, at, memory);
                entered |= entry >= start && entry < start + table.getLong(at + P_FILESZ);
                end = Math.max(end, stop);
            }
        }
        if (!entered) {
            throw new BadKernelException(
                    file.name(), String.format("has its entry, %#x, in no segment", entry));
        }
        return new ElfKernel(entry, end);
    }

    /** Copies one segment. @return the guest physical address after it */
    private static long segment(KernelFile file, ByteBuffer table, int at, GuestMemory memory)
            throws IOException {
        long gpa = table.getLong(at + P_PADDR);
        long fileSize = table.getLong(at + P_FILESZ);
        long size = table.getLong(at + P_MEMSZ);
        if (fileSize < 0 || size < fileSize || gpa < Layout.HIGH_RAM || gpa + size < 0) {
            throw new BadKernelException(file.name(), "has a broken ELF segment " + at / PHDR_SIZE);
        }
        if (!memory.contains(gpa, size)) {
            throw new IOException(
                    String.format(
                            "guest memory of %d MiB is too small: kernel %s reaches up to %d MiB;"
                                    + " give more with -m",
                            memory.size() >> 20, file.name(), (gpa + size >> 20) + 1));
        }
        if (!file.read(table.getLong(at + P_OFFSET), memory.slice(gpa, fileSize))) {
            throw new BadKernelException(
                    file.name(), "is cut short: segment " + at / PHDR_SIZE + " lies outside");
        }
        return gpa + size;
    }

    private static ByteBuffer bytes(KernelFile file, long offset, int length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(length);
            if (!file.read(offset, buffer)) {
                throw new BadKernelException(file.name(), "is cut short: no whole ELF header");
            }
            return ByteBuffer.wrap(buffer.toArray(ValueLayout.JAVA_BYTE))
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}

package dev.jsbx.vmm.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Whether bytes are a whole ELF kernel for x86-64; field offsets are those of elf(5). */
final class VmlinuxCheck {
    private static final int ELF_MAGIC = 0x464c457f;
    private static final int EI_CLASS = 4;
    private static final int EI_DATA = 5;
    private static final int E_TYPE = 16;
    private static final int E_MACHINE = 18;
    private static final int E_PHOFF = 32;
    private static final int E_PHENTSIZE = 54;
    private static final int E_PHNUM = 56;
    private static final int EHDR_SIZE = 64;

    private static final int P_OFFSET = 8;
    private static final int P_FILESZ = 32;
    private static final int P_MEMSZ = 40;
    private static final int PHDR_SIZE = 56;

    private static final int ELFCLASS64 = 2;
    private static final int ELFDATA2LSB = 1;
    private static final int ET_EXEC = 2;
    private static final int ET_DYN = 3;
    private static final int EM_X86_64 = 62;
    private static final int PT_LOAD = 1;

    private VmlinuxCheck() {}

    static void check(byte[] file, String name) throws BadKernelException {
        ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < EHDR_SIZE || elf.getInt(0) != ELF_MAGIC) {
            throw new BadKernelException(name, "is neither a bzImage nor an ELF vmlinux");
        }
        int type = elf.getShort(E_TYPE);
        if (file[EI_CLASS] != ELFCLASS64
                || file[EI_DATA] != ELFDATA2LSB
                || elf.getShort(E_MACHINE) != EM_X86_64
                || (type != ET_EXEC && type != ET_DYN)) {
            throw new BadKernelException(name, "is an ELF file, but no x86-64 kernel");
        }
        checkSegments(elf, name);
    }

    private static void checkSegments(ByteBuffer elf, String name) throws BadKernelException {
        int size = elf.capacity();
        long table = elf.getLong(E_PHOFF);
        int count = Short.toUnsignedInt(elf.getShort(E_PHNUM));
        if (elf.getShort(E_PHENTSIZE) != PHDR_SIZE
                || !within(table, (long) count * PHDR_SIZE, size)) {
            throw new BadKernelException(name, "has a broken ELF program header table");
        }
        boolean loads = false;
        for (int i = 0; i < count; i++) {
            int at = (int) table + i * PHDR_SIZE;
            if (elf.getInt(at) != PT_LOAD) {
                continue;
            }
            long fileSize = elf.getLong(at + P_FILESZ);
            if (!within(elf.getLong(at + P_OFFSET), fileSize, size)) {
                throw new BadKernelException(name, "is cut short: segment " + i + " lies outside");
            }
            if (elf.getLong(at + P_MEMSZ) < fileSize) {
                throw new BadKernelException(name, "has a broken ELF segment " + i);
            }
            loads = true;
        }
        if (!loads) {
            throw new BadKernelException(name, "has no segment to load");
        }
    }

    private static boolean within(long offset, long length, long size) {
        return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
    }
}

package dev.jsbx.cli.vmm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A kernel of three instructions that ask for a reset, which also a KVM executes that cannot run
 * Linux.
 */
final class RehearsalKernel {
    // elf(5), 64-bit: file header, one program header, and what they describe.
    private static final int ADDRESS = 0x200000;
    private static final int EHDR_SIZE = 64;
    private static final int PHDR_SIZE = 56;
    private static final int CODE = EHDR_SIZE + PHDR_SIZE;

    /** {@code mov al, 0xfe; out 0x64, al; hlt}: the keyboard controller's reset. */
    private static final byte[] RESET = {(byte) 0xb0, (byte) 0xfe, (byte) 0xe6, 0x64, (byte) 0xf4};

    private RehearsalKernel() {}

    /** It, as an ELF file. */
    static byte[] elf() {
        int size = CODE + RESET.length;
        ByteBuffer elf = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1); // ET_EXEC, x86-64
        elf.putLong(24, ADDRESS + CODE).putLong(32, EHDR_SIZE);
        elf.putShort(52, (short) EHDR_SIZE).putShort(54, (short) PHDR_SIZE).putShort(56, (short) 1);
        elf.putInt(EHDR_SIZE, 1); // PT_LOAD
        elf.putLong(80, ADDRESS).putLong(88, ADDRESS).putLong(96, size).putLong(104, size);
        elf.put(CODE, RESET);
        return elf.array();
    }
}

package dev.jsbx.vmm.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** An ELF kernel of a few instructions, entered as Linux is. */
final class TinyKernel {
    private static final int ADDRESS = 0x1000000;
    private static final int CODE = 120;

    private TinyKernel() {}

    /**
     * Writes the file.
     *
     * @param code its instructions, in hexadecimal
     */
    static Path write(Path file, String code) throws IOException {
        byte[] instructions = HexFormat.of().parseHex(code.replace(" ", ""));
        int size = CODE + instructions.length;
        ByteBuffer elf = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1);
        elf.putLong(24, ADDRESS + CODE).putLong(32, 64); // entry; program headers
        elf.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 1);
        elf.putInt(64, 1).putInt(68, 5); // PT_LOAD, readable and executable
        elf.putLong(80, ADDRESS).putLong(88, ADDRESS).putLong(96, size).putLong(104, size);
        elf.put(CODE, instructions);
        return Files.write(file, elf.array());
    }
}

package dev.jsbx.vmm.boot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The x86 {@code bzImage} container: real-mode setup code with a header, then the decompressor,
 * within which lies the payload, a compressed {@code vmlinux} (Linux {@code
 * Documentation/arch/x86/boot.rst}, "The Real-Mode Kernel Header").
 *
 * <p>The host unpacks the payload, once per kernel, so that no guest spends its first hundred
 * milliseconds on it. All offsets and lengths in the header are checked against the file: any input
 * gives either a plausible ELF file or a {@link BadKernelException}.
 */
public final class BzImage {
    /** Largest kernel file that is read, bytes. */
    static final int MAX_FILE = 256 << 20;

    /** Largest kernel that is unpacked, bytes. */
    static final int MAX_VMLINUX = 512 << 20;

    private static final int SECTOR = 512;
    private static final int SETUP_SECTS = 0x1f1;
    private static final int BOOT_FLAG = 0x1fe;
    private static final int HEADER = 0x202;
    private static final int VERSION = 0x206;
    private static final int PAYLOAD_OFFSET = 0x248;
    private static final int PAYLOAD_LENGTH = 0x24c;
    private static final int HEADER_END = 0x250;

    private static final int BOOT_FLAG_MAGIC = 0xaa55;
    private static final int HDRS = 0x53726448;

    /** Protocol 2.08 brought payload_offset and payload_length. */
    private static final int PROTOCOL_2_08 = 0x208;

    /** With setup_sects 0 the setup code has 4 sectors, for backward compatibility. */
    private static final int DEFAULT_SETUP_SECTS = 4;

    private BzImage() {}

    /**
     * Reads a kernel file of either kind, and returns the ELF {@code vmlinux} in it: the file
     * itself, or the payload of a bzImage. Bytes may follow the ELF segments (the kernel's
     * relocation table).
     *
     * @throws BadKernelException if the file is neither, is cut short or corrupt
     * @throws IOException if it cannot be read
     */
    public static byte[] readVmlinux(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_FILE) {
            throw new BadKernelException(
                    file.toString(),
                    "is " + size + " bytes, more than any kernel (" + MAX_FILE + ")");
        }
        byte[] bytes = Files.readAllBytes(file);
        return isBzImage(bytes) ? unpack(bytes, file.toString()) : elf(bytes, file.toString());
    }

    /** Whether these bytes begin as a bzImage does. */
    public static boolean isBzImage(byte[] file) {
        ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        return file.length >= HEADER_END
                && Short.toUnsignedInt(header.getShort(BOOT_FLAG)) == BOOT_FLAG_MAGIC
                && header.getInt(HEADER) == HDRS;
    }

    /**
     * Unpacks a bzImage.
     *
     * @param file the whole file
     * @param name what an error calls it
     * @return the ELF {@code vmlinux}
     */
    public static byte[] unpack(byte[] file, String name) throws BadKernelException {
        if (!isBzImage(file)) {
            throw new BadKernelException(name, "is not a bzImage (no HdrS header)");
        }
        ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int version = Short.toUnsignedInt(header.getShort(VERSION));
        if (version < PROTOCOL_2_08) {
            throw new BadKernelException(
                    name,
                    "has boot protocol %d.%02d, before 2.08, and no payload offset"
                            .formatted(version >> 8, version & 0xff));
        }
        int setupSects = Byte.toUnsignedInt(file[SETUP_SECTS]);
        long setup = (long) ((setupSects == 0 ? DEFAULT_SETUP_SECTS : setupSects) + 1) * SECTOR;
        long start = setup + Integer.toUnsignedLong(header.getInt(PAYLOAD_OFFSET));
        long length = Integer.toUnsignedLong(header.getInt(PAYLOAD_LENGTH));
        if (length < Integer.BYTES || start + length > file.length) {
            throw new BadKernelException(
                    name,
                    "is cut short or corrupt: payload of %d bytes at %d, file of %d"
                            .formatted(length, start, file.length));
        }
        return elf(KernelPayload.unpack(file, (int) start, (int) length, name), name);
    }

    private static byte[] elf(byte[] vmlinux, String name) throws BadKernelException {
        VmlinuxCheck.check(vmlinux, name);
        return vmlinux;
    }
}

package dev.jsbx.vmm.boot;

import io.airlift.compress.v3.Compressor;
import io.airlift.compress.v3.lz4.Lz4JavaCompressor;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZOutputStream;

/** Kernel files for tests, laid out as the kernel's build lays them out. */
final class KernelFiles {
    private static final int SETUP_SECTS = 3;
    private static final int PAYLOAD_OFFSET = 700;

    static final Map<Compression, byte[]> SMALL = new EnumMap<>(Compression.class);

    static {
        try {
            for (Compression compression : Compression.values()) {
                SMALL.put(compression, bzImage(compression, elf(8192)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    enum Compression {
        GZIP,
        XZ,
        ZSTD,
        LZ4;

        /** The payload with its size at the end. */
        byte[] compress(byte[] data) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            switch (this) {
                case GZIP -> {
                    try (OutputStream gzip = new GZIPOutputStream(out)) {
                        gzip.write(data);
                    }
                    return out.toByteArray(); // has ISIZE at its end already
                }
                case XZ -> {
                    FilterOptions[] filters = {new X86Options(), new LZMA2Options(1)};
                    try (OutputStream xz =
                            new XZOutputStream(out, filters, org.tukaani.xz.XZ.CHECK_CRC32)) {
                        xz.write(data);
                    }
                }
                case ZSTD -> out.write(block(new ZstdJavaCompressor(), data, 0, data.length));
                case LZ4 -> lz4(data, out);
            }
            out.write(word(data.length));
            return out.toByteArray();
        }
    }

    private KernelFiles() {}

    private static void lz4(byte[] data, OutputStream out) throws IOException {
        out.write(word(0x184c2102));
        for (int at = 0; at < data.length; at += 8 << 20) {
            int length = Math.min(8 << 20, data.length - at);
            byte[] block = block(new Lz4JavaCompressor(), data, at, length);
            out.write(word(block.length));
            out.write(block);
        }
    }

    private static byte[] block(Compressor compressor, byte[] data, int at, int length) {
        byte[] out = new byte[compressor.maxCompressedLength(length)];
        int size = compressor.compress(data, at, length, out, 0, out.length);
        return Arrays.copyOf(out, size);
    }

    private static byte[] word(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    static byte[] bzImage(Compression compression, byte[] vmlinux) throws IOException {
        return bzImage(compression.compress(vmlinux));
    }

    static byte[] bzImage(byte[] payload) {
        int start = (SETUP_SECTS + 1) * 512 + PAYLOAD_OFFSET;
        ByteBuffer file =
                ByteBuffer.allocate(start + payload.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(0x1f1, (byte) SETUP_SECTS);
        file.putShort(0x1fe, (short) 0xaa55);
        file.putInt(0x202, 0x53726448);
        file.putShort(0x206, (short) 0x20f);
        file.putInt(0x248, PAYLOAD_OFFSET);
        file.putInt(0x24c, payload.length);
        file.put(start, payload);
        return file.array();
    }

    /** An ELF executable of {@code size} bytes with one segment, half of it noise. */
    static byte[] elf(int size) {
        ByteBuffer elf = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        byte[] noise = new byte[size / 2];
        new Random(1).nextBytes(noise);
        elf.put(size - noise.length, noise);
        elf.put(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1);
        elf.putLong(24, 0x1000000).putLong(32, 64);
        elf.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 1);
        elf.putInt(64, 1).putInt(68, 5);
        elf.putLong(72, 0).putLong(80, 0x1000000).putLong(88, 0x1000000);
        elf.putLong(96, size).putLong(104, size + 4096L);
        return elf.array();
    }
}

package dev.jsbx.vmm.boot;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.lz4.Lz4JavaDecompressor;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The compressed payload of a bzImage. Its last four bytes are the unpacked size: gzip's own
 * trailer, or appended by the kernel's build ({@code scripts/Makefile.lib}, size_append).
 */
final class KernelPayload {
    /** Frames of the legacy LZ4 format hold this many bytes each, the last one fewer. */
    private static final int LZ4_BLOCK = 8 << 20;

    private static final int LZ4_LEGACY_MAGIC = 0x184c2102;

    /** The kernel's XZ needs 64 MiB of dictionary at most, plus the BCJ filter; KiB. */
    private static final int XZ_MEMORY_KIB = 256 << 10;

    /** Where a zstd frame without the single-segment flag has its window descriptor. */
    private static final int ZSTD_WINDOW = 5;

    /** Exponent 13 above 2^10, mantissa 0. */
    private static final byte ZSTD_WINDOW_8_MIB = 13 << 3;

    private enum Format {
        GZIP(0x1f, 0x8b),
        XZ(0xfd, '7', 'z', 'X', 'Z'),
        ZSTD(0x28, 0xb5, 0x2f, 0xfd),
        LZ4(0x02, 0x21, 0x4c, 0x18),
        BZIP2('B', 'Z', 'h'),
        LZMA(0x5d, 0x00, 0x00),
        LZO(0x89, 'L', 'Z', 'O');

        private final int[] magic;

        Format(int... magic) {
            this.magic = magic;
        }

        boolean starts(byte[] bytes, int at, int length) {
            for (int i = 0; i < magic.length; i++) {
                if (i >= length || Byte.toUnsignedInt(bytes[at + i]) != magic[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    private KernelPayload() {}

    /** Unpacks {@code length} bytes of {@code file} from {@code start}; at least 4 bytes. */
    static byte[] unpack(byte[] file, int start, int length, String name)
            throws BadKernelException {
        Format format = formatOf(file, start, length, name);
        int sizeAt = start + length - Integer.BYTES;
        long size =
                Integer.toUnsignedLong(
                        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(sizeAt));
        if (size > BzImage.MAX_VMLINUX || size < length / 2) {
            throw new BadKernelException(
                    name, "is cut short or corrupt: unpacked size " + size + " cannot be");
        }
        byte[] out = new byte[(int) size];
        // Only gzip counts the size as its own; to the others it would be trailing garbage.
        int in = format == Format.GZIP ? length : length - Integer.BYTES;
        try {
            int got = unpack(format, file, start, in, out);
            if (got != out.length) {
                throw new IOException(got + " bytes of " + size);
            }
        } catch (IOException | MalformedInputException | IndexOutOfBoundsException e) {
            throw new BadKernelException(
                    name,
                    format.name().toLowerCase(Locale.ROOT)
                            + " payload is corrupt: "
                            + e.getMessage());
        }
        return out;
    }

    private static Format formatOf(byte[] file, int start, int length, String name)
            throws BadKernelException {
        for (Format format : Format.values()) {
            if (format.starts(file, start, length)) {
                return format;
            }
        }
        throw new BadKernelException(name, "payload has no known compression");
    }

    private static int unpack(Format format, byte[] file, int start, int length, byte[] out)
            throws IOException {
        return switch (format) {
            case ZSTD -> zstd(Arrays.copyOfRange(file, start, start + length), out);
            case LZ4 ->
                    lz4(ByteBuffer.wrap(file, start, length).order(ByteOrder.LITTLE_ENDIAN), out);
            case GZIP -> {
                try (InputStream in =
                        new GZIPInputStream(new ByteArrayInputStream(file, start, length))) {
                    yield in.readNBytes(out, 0, out.length);
                }
            }
            case XZ -> {
                try (InputStream in =
                        new XZInputStream(
                                new ByteArrayInputStream(file, start, length), XZ_MEMORY_KIB)) {
                    yield in.readNBytes(out, 0, out.length);
                }
            }
            case BZIP2, LZMA, LZO ->
                    throw new IOException(
                            "this compression is not supported; use LZ4, zstd, XZ or gzip");
        };
    }

    /**
     * The kernel's build asks for a window of 128 MiB ({@code zstd -22 --ultra}), which is what a
     * streaming decoder has to keep; this decoder refuses more than 8 MiB. It keeps the whole
     * output, so no match can reach too far back, and the frame may claim the smaller window (RFC
     * 8878 §3.1.1.1.2; the checksum covers the content only).
     */
    private static int zstd(byte[] in, byte[] out) {
        boolean singleSegment = in.length > ZSTD_WINDOW && (in[ZSTD_WINDOW - 1] & 0x20) != 0;
        if (!singleSegment && Byte.toUnsignedInt(in[ZSTD_WINDOW]) > ZSTD_WINDOW_8_MIB) {
            in[ZSTD_WINDOW] = ZSTD_WINDOW_8_MIB;
        }
        return new ZstdJavaDecompressor().decompress(in, 0, in.length, out, 0, out.length);
    }

    /** The legacy frame format, {@code lz4 -l}: magic, then (compressed size, block) to the end. */
    private static int lz4(ByteBuffer in, byte[] out) throws IOException {
        Lz4JavaDecompressor block = new Lz4JavaDecompressor();
        int done = 0;
        while (in.remaining() >= Integer.BYTES) {
            int size = in.getInt();
            if (size == LZ4_LEGACY_MAGIC) { // frames may be concatenated
                continue;
            }
            if (size <= 0 || size > in.remaining()) {
                throw new IOException(
                        "block of " + size + " bytes, " + in.remaining() + " are left");
            }
            int room = Math.min(LZ4_BLOCK, out.length - done);
            done += block.decompress(in.array(), in.position(), size, out, done, room);
            in.position(in.position() + size);
        }
        return done;
    }
}

package dev.jsbx.vmm.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jsbx.vmm.boot.KernelFiles.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BzImageTest {
    private static final byte[] ELF = KernelFiles.elf(20 << 20);

    @ParameterizedTest
    @EnumSource(Compression.class)
    void unpacksEveryCompression(Compression compression) throws IOException {
        byte[] file = KernelFiles.bzImage(compression, ELF);
        assertThat(BzImage.isBzImage(file)).isTrue();
        assertThat(Arrays.equals(BzImage.unpack(file, "k"), ELF)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void saysThatATruncatedFileIsTruncated(Compression compression) throws IOException {
        byte[] file = KernelFiles.bzImage(compression, ELF);
        for (int length : new int[] {file.length - 1, file.length / 2, 0x250}) {
            assertThatThrownBy(() -> BzImage.unpack(Arrays.copyOf(file, length), "k"))
                    .isInstanceOf(BadKernelException.class)
                    .hasMessageStartingWith("kernel k: is cut short or corrupt: payload of");
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void namesAPayloadThatIsCutWithItsLength(Compression compression) throws IOException {
        byte[] payload = compression.compress(ELF);
        byte[] cut = Arrays.copyOf(payload, payload.length / 2);
        byte[] tail = Arrays.copyOfRange(payload, payload.length - 4, payload.length);
        System.arraycopy(tail, 0, cut, cut.length - 4, 4);
        assertThatThrownBy(() -> BzImage.unpack(KernelFiles.bzImage(cut), "k"))
                .isInstanceOf(BadKernelException.class)
                .hasMessageContaining("payload is corrupt")
                .hasMessageNotContaining("\n");
    }

    @Test
    void readsABareVmlinux(@TempDir Path dir) throws IOException {
        Path file = Files.write(dir.resolve("vmlinux"), ELF);
        assertThat(BzImage.readVmlinux(file)).hasSize(ELF.length);
        Files.write(file, Arrays.copyOf(ELF, ELF.length / 2));
        assertThatThrownBy(() -> BzImage.readVmlinux(file))
                .isInstanceOf(BadKernelException.class)
                .hasMessageContaining("is cut short");
    }

    @Test
    void refusesWhatIsNoKernel(@TempDir Path dir) throws IOException {
        Path file = Files.write(dir.resolve("text"), new byte[10]);
        assertThatThrownBy(() -> BzImage.readVmlinux(file))
                .isInstanceOf(BadKernelException.class)
                .hasMessage("kernel " + file + ": is neither a bzImage nor an ELF vmlinux");
        byte[] unknown = KernelFiles.bzImage(new byte[100]);
        assertThatThrownBy(() -> BzImage.unpack(unknown, "k"))
                .hasMessage("kernel k: payload has no known compression");
        byte[] lzma = KernelFiles.bzImage(new byte[] {0x5d, 0, 0, 0, 9, 9, 16, 0, 0, 0});
        assertThatThrownBy(() -> BzImage.unpack(lzma, "k")).hasMessageContaining("use LZ4");
    }

    @Test
    void refusesAnOldBootProtocolAndAnotherMachine() throws IOException {
        byte[] old = KernelFiles.bzImage(Compression.GZIP, ELF);
        old[0x206] = 7;
        assertThatThrownBy(() -> BzImage.unpack(old, "k")).hasMessageContaining("protocol 2.07");
        byte[] arm = KernelFiles.elf(4096);
        arm[18] = (byte) 183; // EM_AARCH64
        byte[] file = KernelFiles.bzImage(Compression.GZIP, arm);
        assertThatThrownBy(() -> BzImage.unpack(file, "k"))
                .hasMessageContaining("no x86-64 kernel");
    }

    /** Whatever is broken in a file, the answer is a kernel or one exception. */
    @Property(tries = 300)
    void neverFailsOtherwise(
            @ForAll Compression compression,
            @ForAll @IntRange(max = 1 << 20) int where,
            @ForAll byte value,
            @ForAll boolean inHeader)
            throws IOException {
        byte[] file = KernelFiles.SMALL.get(compression).clone();
        int at = inHeader ? 0x1f0 + where % 0x60 : where % file.length;
        file[at] = value;
        try {
            BzImage.unpack(file, "k");
        } catch (BadKernelException e) {
            assertThat(e).hasMessageStartingWith("kernel k: ").hasMessageNotContaining("\n");
        }
    }
}

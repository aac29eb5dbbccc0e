package dev.jsbx.vmm.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.jsbx.vmm.memory.GuestMemory;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxImageTest {
    private static final long MIB = 1 << 20;
    private static final long KERNEL = 0x1000000;
    private static final int SIZE = 8192;

    @TempDir Path dir;
    private GuestMemory memory = GuestMemory.allocate(64 * MIB, false);
    private Path kernel;

    @BeforeEach
    void write() throws IOException {
        kernel = Files.write(dir.resolve("vmlinux"), KernelFiles.elf(SIZE));
    }

    @AfterEach
    void close() {
        memory.close();
    }

    private byte[] bytes(long gpa, int length) {
        return memory.slice(gpa, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private ByteBuffer zeroPage() {
        return ByteBuffer.wrap(bytes(Layout.ZERO_PAGE, 4096)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private long load(Path file, String commandLine, Path... initrds) throws IOException {
        return new LinuxImage(file, List.of(initrds), commandLine).load(memory);
    }

    @Test
    void segmentsGoToTheirPhysicalAddresses() throws IOException {
        assertThat(load(kernel, "quiet")).isEqualTo(KERNEL);
        assertThat(bytes(KERNEL, SIZE)).isEqualTo(Files.readAllBytes(kernel));
    }

    @Test
    void aBzImageIsUnpackedOnTheWay() throws IOException {
        byte[] elf = KernelFiles.elf(SIZE);
        Path packed = dir.resolve("vmlinuz");
        Files.write(packed, KernelFiles.bzImage(KernelFiles.Compression.GZIP, elf));
        assertThat(load(packed, "quiet")).isEqualTo(KERNEL);
        assertThat(bytes(KERNEL, SIZE)).isEqualTo(elf);
    }

    @Test
    void theZeroPageSaysWhereEverythingIs() throws IOException {
        Path initrd = Files.write(dir.resolve("initrd"), new byte[] {1, 2, 3, 4, 5});
        Path second = Files.write(dir.resolve("second"), new byte[] {6, 7});
        load(kernel, "console=ttyS0", initrd, second);

        ByteBuffer zero = zeroPage();
        assertThat(zero.getShort(0x1fe)).isEqualTo((short) 0xaa55);
        assertThat(zero.getInt(0x202)).isEqualTo(0x53726448);
        assertThat(zero.getInt(0x228)).isEqualTo(0x20000);
        assertThat(zero.getInt(0x238)).isEqualTo("console=ttyS0".length());
        assertThat(new String(bytes(0x20000, 14), StandardCharsets.US_ASCII))
                .isEqualTo("console=ttyS0\0");
        assertThat(zero.getLong(0x70)).isEqualTo(Layout.ACPI);
        assertThat(zero.getInt(0x218)).isEqualTo((int) (64 * MIB - 4096));
        assertThat(zero.getInt(0x21c)).isEqualTo(12);
        // The second archive begins at a multiple of 4.
        assertThat(bytes(64 * MIB - 4096, 12)).containsExactly(1, 2, 3, 4, 5, 0, 0, 0, 6, 7, 0, 0);
    }

    @Test
    void theMemoryMapLeavesOutTheHoles() throws IOException {
        memory.close();
        memory = GuestMemory.allocate((3L << 30) + 64 * MIB, false);
        load(kernel, "");
        ByteBuffer zero = zeroPage();
        assertThat(zero.get(0x1e8)).isEqualTo((byte) 4);
        long[][] expected = {
            {0, 0x9fc00, 1},
            {0x9fc00, 0x100000 - 0x9fc00, 2},
            {0x100000, (3L << 30) - 0x100000, 1},
            {4L << 30, 64 * MIB, 1}
        };
        for (int i = 0; i < expected.length; i++) {
            int at = 0x2d0 + i * 20;
            assertThat(new long[] {zero.getLong(at), zero.getLong(at + 8), zero.getInt(at + 16)})
                    .isEqualTo(expected[i]);
        }
    }

    @Test
    void theIdentityMapAndTheGdtAreThere() {
        LinuxEntry.writeTables(memory);
        ByteBuffer low = ByteBuffer.wrap(bytes(0, 0x10000)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(low.getLong(0x508)).isEqualTo(0x00af9b000000ffffL);
        assertThat(low.getLong(0x9000)).isEqualTo(0xa003);
        assertThat(low.getLong(0xa000)).isEqualTo(0xb003);
        assertThat(low.getLong(0xb000)).isEqualTo(0x83);
        assertThat(low.getLong(0xb000 + 511 * 8)).isEqualTo(511L << 21 | 0x83);
        assertThat(bytes(0xffff0, 4)).containsExactly(0xb0, 0xfe, 0xe6, 0x64);
    }

    private void refused(String reason, Consumer<ByteBuffer> change) throws IOException {
        ByteBuffer elf = ByteBuffer.wrap(KernelFiles.elf(SIZE)).order(ByteOrder.LITTLE_ENDIAN);
        change.accept(elf);
        Path bad = Files.write(dir.resolve("bad"), elf.array());
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> load(bad, ""))
                .withMessageContaining(bad.toString())
                .withMessageContaining(reason);
    }

    @Test
    void corruptHeadersAreRefused() throws IOException {
        refused("is no ELF file for x86-64", elf -> elf.putShort(18, (short) 3));
        refused("is no ELF file for x86-64", elf -> elf.put(4, (byte) 1));
        refused("broken ELF program header table", elf -> elf.putShort(54, (short) 32));
        refused("broken ELF program header table", elf -> elf.putShort(56, (short) 0));
        refused("broken ELF program header table", elf -> elf.putShort(56, (short) 1000));
        refused("is cut short: no whole ELF header", elf -> elf.putLong(32, Long.MAX_VALUE));
        refused("is cut short: no whole ELF header", elf -> elf.putLong(32, -1));
        refused("is cut short: segment 0", elf -> elf.putLong(72, 1L << 40));
        refused("is cut short: segment 0", elf -> elf.putLong(72, -4096));
        refused("broken ELF segment 0", elf -> elf.putLong(88, 0)); // over the zero page
        refused("broken ELF segment 0", elf -> elf.putLong(88, Long.MAX_VALUE - 100));
        refused("broken ELF segment 0", elf -> elf.putLong(96, -1));
        refused("broken ELF segment 0", elf -> elf.putLong(104, 1));
        refused("too small: kernel", elf -> elf.putLong(104, 1L << 40));
        refused("entry, 0x42, in no segment", elf -> elf.putLong(24, 0x42));
        refused("in no segment", elf -> elf.putInt(64, 4)); // no PT_LOAD at all
    }

    @Test
    void anyCorruptByteEndsInAKernelOrInOneLine() throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            byte[] elf = KernelFiles.elf(512);
            elf[random.nextInt(120)] = (byte) random.nextInt();
            elf[random.nextInt(120)] = (byte) random.nextInt();
            Path file = Files.write(dir.resolve("fuzzed"), elf);
            try {
                load(file, "");
            } catch (IOException e) {
                assertThat(e.getMessage()).doesNotContain("\n").contains("fuzzed");
            }
        }
    }

    @Test
    void aShortFileIsRefused() throws IOException {
        byte[] elf = KernelFiles.elf(SIZE);
        for (int length : new int[] {0, 3, 4, 63, 100, SIZE - 1}) {
            Path cut = Files.write(dir.resolve("cut"), Arrays.copyOf(elf, length));
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> load(cut, ""))
                    .withMessageContaining(cut.toString());
        }
    }

    @Test
    void whatDoesNotFitIsRefusedWithAHint() throws IOException {
        memory.close();
        memory = GuestMemory.allocate(16 * MIB, false);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> load(kernel, ""))
                .withMessageContaining("guest memory of 16 MiB is too small")
                .withMessageContaining("give more with -m");
        memory.close();
        memory = GuestMemory.allocate(18 * MIB, false);
        Path large = Files.write(dir.resolve("large"), new byte[4 << 20]);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> load(kernel, "", large))
                .withMessageContaining("kernel and initrd need more");
    }

    @Test
    void filesThatAreNotThereAreNamed() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> load(dir.resolve("absent"), ""))
                .withMessage("kernel %s: No such file or directory", dir.resolve("absent"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> load(kernel, "", dir.resolve("absent")))
                .withMessage("initrd %s: No such file or directory", dir.resolve("absent"));
    }

    @Test
    void badCommandLinesAreRefused() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> load(kernel, "x".repeat(2048)))
                .withMessageContaining("2048 bytes, but Linux takes at most 2047");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> load(kernel, "a\nb"))
                .withMessageContaining("byte 10 is not printable ASCII");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> load(kernel, "ä"))
                .withMessageContaining("not printable ASCII");
    }
}

package dev.jsbx.cli.engine;

import dev.jsbx.cli.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A whole life of a machine on {@code /dev/kvm}, for the JVM to remember. Its kernel is three
 * instructions that ask for a reset, which also a KVM executes that cannot run Linux.
 */
public final class KvmRehearsal {
    private static final long MEMORY = 16 << 20;
    private static final long PATIENCE_SECONDS = 5;

    // elf(5), 64-bit: file header, one program header, and what they describe.
    private static final int ADDRESS = 0x200000;
    private static final int EHDR_SIZE = 64;
    private static final int PHDR_SIZE = 56;
    private static final int CODE = EHDR_SIZE + PHDR_SIZE;

    /** {@code mov al, 0xfe; out 0x64, al; hlt}: the keyboard controller's reset. */
    private static final byte[] RESET = {(byte) 0xb0, (byte) 0xfe, (byte) 0xe6, 0x64, (byte) 0xf4};

    private KvmRehearsal() {}

    /**
     * Does nothing where there is no {@code /dev/kvm}.
     *
     * @param directory for the kernel, and what the machine leaves
     * @param slots devices; they stay the caller's
     */
    public static void run(Path directory, List<Slot> slots) throws IOException {
        MachineSpec spec =
                new MachineSpec(
                        1,
                        "",
                        MEMORY,
                        Files.write(directory.resolve("kernel"), kernel()),
                        Files.write(directory.resolve("initramfs"), new byte[4]),
                        "quiet",
                        directory.resolve("console"),
                        directory);
        try (Machine machine = new KvmEngine().start(spec, slots)) {
            machine.ended().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Failure | TimeoutException | ExecutionException e) {
            // Starts on this host will be slower, or take another engine.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] kernel() {
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

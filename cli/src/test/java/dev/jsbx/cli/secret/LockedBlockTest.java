package dev.jsbx.cli.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockedBlockTest {
    @Test
    void blocksAreZeroedAndUsedAgain() {
        for (int size : new int[] {1, 64, 65, 4096, 16384, 16385, 1 << 20, (1 << 20) + 1}) {
            LockedBlock block = LockedBlock.of(size);
            ByteBuffer before = block.bytes();
            assertThat(before.capacity()).isBetween(size, Math.max(64, 2 * size));
            assertThat(isZero(before)).isTrue();
            for (int i = 0; i < before.capacity(); i++) {
                before.put(i, (byte) 1);
            }
            block.close();
            try (LockedBlock again = LockedBlock.of(size)) {
                assertThat(again == block).isEqualTo(size <= LockedBlock.LARGEST);
                assertThat(isZero(again.bytes())).isTrue();
            }
        }
    }

    @Test
    void blocksInUseDoNotOverlap() {
        List<LockedBlock> all = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            LockedBlock block = LockedBlock.of(64 << i % 7);
            for (int at = 0; at < block.bytes().capacity(); at += 4) {
                block.bytes().putInt(at, i);
            }
            all.add(block);
        }
        for (int i = 0; i < all.size(); i++) {
            for (int at = 0; at < all.get(i).bytes().capacity(); at += 4) {
                assertThat(all.get(i).bytes().getInt(at)).isEqualTo(i);
            }
            all.get(i).close();
        }
    }

    @Test
    void theKernelSaysThatTheyAreLocked() throws Exception {
        long before = lockedKilobytes();
        List<LockedBlock> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(LockedBlock.of(64 << 10));
        }
        assertThat(lockedKilobytes()).isGreaterThanOrEqualTo(Math.max(before, 8 * 64));
        all.forEach(LockedBlock::close);
    }

    @Test
    void aSharedValueLivesAsLongAsOneHolder() {
        ByteBuffer text = ByteBuffer.wrap("shared-value".getBytes(StandardCharsets.US_ASCII));
        SecretValue first = SecretValue.of(text);
        SecretValue second = first.share();
        first.close();
        first.close();
        assertThatIllegalStateException().isThrownBy(first::buffer);
        assertThatIllegalStateException().isThrownBy(first::share);
        assertThat(StandardCharsets.US_ASCII.decode(second.buffer()).toString())
                .isEqualTo("shared-value");
        second.close();
        assertThatIllegalStateException().isThrownBy(second::bytes);
    }

    private static boolean isZero(ByteBuffer bytes) {
        for (int i = 0; i < bytes.capacity(); i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private static long lockedKilobytes() throws Exception {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmLck:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}

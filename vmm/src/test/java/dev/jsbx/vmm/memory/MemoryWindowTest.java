package dev.jsbx.vmm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.MemFd;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryWindowTest {
    private static final long UNIT = MemoryWindow.UNIT;
    private static final long GPA = 4L << 30;
    private static final long PAGE = 4096;

    private final MemoryWindow window = MemoryWindow.reserve(GPA, 4 * UNIT, () -> lost = true);
    private final Fd file = MemFd.create("file", 2 * UNIT);
    private boolean lost;

    @AfterEach
    void close() {
        window.close();
        file.close();
    }

    /** Permissions of the mapping that begins there, as /proc has them. */
    private String permissions(long offset) throws IOException {
        String start = Long.toHexString(window.segment().address() + offset) + "-";
        return java.nio.file.Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.split(" ")[1])
                .findFirst()
                .orElse("within another");
    }

    private byte at(long offset) {
        return window.segment().get(ValueLayout.JAVA_BYTE, offset);
    }

    @Test
    void beginsWithoutMemory() throws IOException {
        assertThat(window.segment().address() % UNIT).isZero();
        assertThat(window.length()).isEqualTo(4 * UNIT);
        window.map(UNIT, UNIT, true, file.number(), 0);
        assertThat(permissions(2 * UNIT)).isEqualTo("---p");
    }

    @Test
    void whatIsMappedIsTheFiles() throws IOException {
        assertThat(window.map(UNIT, 2 * UNIT, true, file.number(), 0)).isZero();
        window.segment().set(ValueLayout.JAVA_BYTE, UNIT + 5, (byte) 9);
        assertThat(window.map(3 * UNIT, UNIT, false, file.number(), 0)).isZero();
        assertThat(at(3 * UNIT + 5)).isEqualTo((byte) 9);
        assertThat(permissions(UNIT)).isEqualTo("rw-s");
        assertThat(permissions(3 * UNIT)).isEqualTo("r--s");
        assertThat(window.unmap(UNIT, 2 * UNIT)).isZero();
        assertThat(permissions(3 * UNIT)).isEqualTo("r--s");
        assertThat(permissions(UNIT)).isEqualTo("within another");
    }

    @Test
    void refusesWhatIsNotWhollyWithin() {
        for (long[] range :
                List.of(
                        new long[] {-UNIT, UNIT},
                        new long[] {4 * UNIT, UNIT},
                        new long[] {3 * UNIT, 2 * UNIT},
                        new long[] {UNIT, Long.MAX_VALUE / UNIT * UNIT},
                        new long[] {PAGE, UNIT},
                        new long[] {0, PAGE},
                        new long[] {0, 0},
                        new long[] {0, -UNIT})) {
            assertThat(window.map(range[0], range[1], true, file.number(), 0))
                    .isEqualTo(-Errno.EINVAL);
            assertThat(window.unmap(range[0], range[1])).isEqualTo(-Errno.EINVAL);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryWindow.reserve(GPA, PAGE, () -> {}));
    }

    @Test
    void whatTheHostRefusesLeavesAllAsItWas() throws IOException {
        window.map(0, UNIT, true, file.number(), 0);
        assertThat(window.map(0, UNIT, true, -1, 0)).isEqualTo(-Errno.EBADF);
        assertThat(window.map(0, UNIT, true, file.number(), 1)).isEqualTo(-Errno.EINVAL);
        assertThat(permissions(0)).isEqualTo("rw-s");
        assertThat(lost).isFalse();
    }

    @Test
    void fillsWhatAFileIsTooShortFor() {
        Files.truncate(file, UNIT + 3 * PAGE + 1);
        window.map(UNIT, UNIT, true, file.number(), UNIT);
        assertThat(window.fillBeyondEnd(UNIT, UNIT)).isEqualTo(4 * PAGE);
        assertThat(at(UNIT + 4 * PAGE)).isZero();
        assertThat(at(2 * UNIT - 1)).isZero();
        assertThat(window.fillBeyondEnd(UNIT, 4 * PAGE)).isEqualTo(4 * PAGE);
        Files.truncate(file, 0);
        assertThat(window.fillBeyondEnd(UNIT, 4 * PAGE)).isZero();
        assertThat(at(UNIT)).isZero();
    }

    @Test
    void afterItsEndNothingIsMapped() {
        window.close();
        assertThat(window.map(0, UNIT, true, file.number(), 0)).isEqualTo(-Errno.EINVAL);
        assertThat(window.unmap(0, UNIT)).isEqualTo(-Errno.EINVAL);
    }
}

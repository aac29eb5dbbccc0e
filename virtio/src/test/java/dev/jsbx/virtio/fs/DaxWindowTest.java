package dev.jsbx.virtio.fs;

import static dev.jsbx.virtio.fs.FuseClient.ROOT;
import static dev.jsbx.vmm.linux.Errno.EBADF;
import static dev.jsbx.vmm.linux.Errno.EINVAL;
import static dev.jsbx.vmm.linux.Errno.ENOSYS;
import static dev.jsbx.vmm.linux.Errno.EROFS;
import static dev.jsbx.vmm.linux.Errno.ESTALE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.jsbx.virtio.fs.FuseClient.Reply;
import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.virtio.fuse.Opcode;
import dev.jsbx.virtio.fuse.Out;
import dev.jsbx.vmm.memory.MemoryWindow;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mapping files into a window, told by raw requests; the test looks where the guest would. */
class DaxWindowTest {
    private static final long UNIT = MemoryWindow.UNIT;
    private static final int READ = Fuse.FUSE_SETUPMAPPING_FLAG_READ;
    private static final int WRITE = Fuse.FUSE_SETUPMAPPING_FLAG_WRITE;
    private static final int O_RDWR = 2;

    @TempDir Path directory;
    private final MemoryWindow window =
            MemoryWindow.reserve(4L << 30, 4 * UNIT, DaxWindowTest::lost);
    private FuseClient guest;
    private long node;

    private static void lost() {
        throw new AssertionError("the window is lost");
    }

    @BeforeEach
    void share() throws IOException {
        put("big", 0, 1);
        put("big", 2 * UNIT - 1, 2);
        Files.writeString(directory.resolve("small"), "small");
        guest = new FuseClient(Share.of(directory), window);
        node = guest.lookup(ROOT, "big").node();
    }

    @AfterEach
    void close() {
        guest.close();
        window.close();
    }

    private void put(String name, long offset, int value) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(directory.resolve(name).toFile(), "rw")) {
            file.seek(offset);
            file.write(value);
        }
    }

    private void truncate(String name, long size) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(directory.resolve(name).toFile(), "rw")) {
            file.setLength(size);
        }
    }

    private int at(long offset) {
        return window.segment().get(ValueLayout.JAVA_BYTE, offset);
    }

    /** Of the mapping that has the window's offset in it, as /proc has them. */
    private String permissions(long offset) throws IOException {
        long address = window.segment().address() + offset;
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            String[] words = line.split("[- ]");
            if (Long.parseUnsignedLong(words[0], 16) <= address
                    && Long.parseUnsignedLong(words[1], 16) > address) {
                return line.split(" ")[1];
            }
        }
        return "nothing";
    }

    private static int flags(Reply entry) {
        return entry.attribute32(Out.Attributes.FLAGS);
    }

    @Test
    void initTellsOfTheWindow() {
        long offered = Fuse.FUSE_INIT_EXT | Fuse.FUSE_MAP_ALIGNMENT | Fuse.FUSE_HAS_INODE_DAX;
        Reply reply = guest.init(offered);
        assertThat(reply.payload().getShort(Out.Init.MAP_ALIGNMENT)).isEqualTo((short) 21);
        assertThat(reply.payload().getInt(Out.Init.FLAGS2)).isEqualTo(1 << 1);
        try (FuseClient without = new FuseClient(Share.of(directory))) {
            Reply other = without.init(offered);
            assertThat(other.payload().getShort(Out.Init.MAP_ALIGNMENT)).isZero();
            assertThat(other.payload().getInt(Out.Init.FLAGS2)).isZero();
            long known = without.lookup(ROOT, "big").node();
            assertThat(without.map(known, READ, 0, UNIT, 0).error()).isEqualTo(-ENOSYS);
            assertThat(without.unmap(1, 0, UNIT).error()).isEqualTo(-ENOSYS);
        }
    }

    @Test
    void bigFilesAreToBeMapped() {
        assertThat(flags(guest.lookup(ROOT, "big"))).isEqualTo(Fuse.FUSE_ATTR_DAX);
        assertThat(flags(guest.lookup(ROOT, "small"))).isZero();
    }

    @Test
    void guardedSharesAndSingleFilesAreNot() {
        Share guarded = Share.of(directory).guarded(List.of("x"));
        for (Share share : List.of(guarded, Share.ofFile(directory.resolve("big")))) {
            assertThat(new FsDevice("ws", 1, share, UNIT).sharedMemoryBytes()).isZero();
            assertThatIllegalStateException().isThrownBy(() -> new FuseClient(share, window));
        }
        assertThat(new FsDevice("ws", 1, Share.of(directory), UNIT).sharedMemoryBytes())
                .isEqualTo(UNIT);
    }

    @Test
    void bothSidesSeeTheSamePages() throws IOException {
        assertThat(guest.map(node, READ, UNIT, UNIT, 3 * UNIT).error()).isZero();
        assertThat(permissions(3 * UNIT)).isEqualTo("r--s");
        assertThat(at(4 * UNIT - 1)).isEqualTo(2);
        put("big", UNIT, 7);
        assertThat(at(3 * UNIT)).isEqualTo(7);
        // Linux asks once more, for the same place, when it comes to write.
        assertThat(guest.map(node, READ | WRITE, UNIT, UNIT, 3 * UNIT).error()).isZero();
        window.segment().set(ValueLayout.JAVA_BYTE, 3 * UNIT + 1, (byte) 8);
        assertThat(Files.readAllBytes(directory.resolve("big"))[(int) UNIT + 1])
                .isEqualTo((byte) 8);
    }

    @Test
    void aReadOnlyShareIsMappedToReadOnly() throws IOException {
        try (FuseClient reader = new FuseClient(Share.of(directory).readOnly(true), window)) {
            long known = reader.lookup(ROOT, "big").node();
            assertThat(reader.map(known, READ | WRITE, 0, UNIT, 0).error()).isEqualTo(-EROFS);
            assertThat(reader.map(known, WRITE, 0, UNIT, 0).error()).isEqualTo(-EROFS);
            assertThat(permissions(0)).isEqualTo("---p");
            assertThat(reader.map(known, READ, 0, UNIT, 0).error()).isZero();
            assertThat(permissions(0)).isEqualTo("r--s");
        }
    }

    @Test
    void refusesAllThatIsNotWithin() throws IOException {
        long[][] bad = { // offset in the file, length, place
            {0, UNIT, 4 * UNIT},
            {0, 2 * UNIT, 3 * UNIT},
            {0, UNIT, -UNIT},
            {0, UNIT, Long.MIN_VALUE},
            {0, -UNIT, UNIT},
            {0, 0, 0},
            {0, Long.MAX_VALUE - UNIT + 1, UNIT},
            {0, UNIT, 4096},
            {0, 4096, 0},
            {4096, UNIT, 0},
            {-UNIT, UNIT, 0},
            {Long.MAX_VALUE - UNIT + 1, UNIT, 0}
        };
        for (long[] b : bad) {
            assertThat(guest.map(node, READ, b[0], b[1], b[2]).error()).isNegative();
            if (b[0] == 0) {
                assertThat(guest.unmap(1, b[2], b[1]).error()).isEqualTo(-EINVAL);
            }
        }
        assertThat(guest.map(node, 0, 0, UNIT, 0).error()).isEqualTo(-EINVAL);
        assertThat(guest.map(node, READ | 4, 0, UNIT, 0).error()).isEqualTo(-EINVAL);
        assertThat(guest.map(ROOT, READ, 0, UNIT, 0).error()).isEqualTo(-EBADF);
        assertThat(guest.map(77, READ, 0, UNIT, 0).error()).isEqualTo(-ESTALE);
        assertThat(guest.unmap(2, 0, UNIT).error()).isEqualTo(-EINVAL);
        assertThat(guest.unmap(-1, 0, UNIT).error()).isEqualTo(-EINVAL);
        assertThat(permissions(0)).isEqualTo("---p");
        assertThat(permissions(4 * UNIT - 1)).isEqualTo("---p");
    }

    @Test
    void takesBackWhatTheGuestGivesBack() throws IOException {
        guest.map(node, READ, 0, 2 * UNIT, 0);
        guest.map(node, READ | WRITE, 0, UNIT, 3 * UNIT);
        assertThat(guest.unmap(2, UNIT, UNIT, 3 * UNIT, UNIT).error()).isZero();
        assertThat(permissions(0)).isEqualTo("r--s");
        assertThat(permissions(UNIT)).isEqualTo("---p");
        assertThat(permissions(3 * UNIT)).isEqualTo("---p");
        guest.call(Opcode.FUSE_DESTROY, 0, new byte[0]);
        assertThat(permissions(0)).isEqualTo("---p");
    }

    @Test
    void aNewSessionBeginsWithNothingMapped() throws IOException {
        guest.map(node, READ, 0, UNIT, 0);
        guest.init(Fuse.FUSE_MAP_ALIGNMENT);
        assertThat(permissions(0)).isEqualTo("---p");
    }

    @Test
    void aFileThatGetsShorterAndLongerAgainIsItself() throws IOException {
        guest.map(node, READ | WRITE, 0, 2 * UNIT, 0);
        assertThat(window.repair()).isFalse();
        truncate("big", 1);
        assertThat(window.repair()).isTrue();
        assertThat(window.repair()).isFalse();
        assertThat(at(0)).isEqualTo(1);
        assertThat(at(2 * UNIT - 1)).isZero();
        put("big", 2 * UNIT - 1, 5);
        // The guest hears of it, and so may look there.
        assertThat(guest.getattr(node).error()).isZero();
        assertThat(at(2 * UNIT - 1)).isEqualTo(5);
        truncate("big", UNIT);
        assertThat(window.repair()).isTrue();
        // It is sent to look the file up again, for its new size.
        assertThat(guest.open(node, O_RDWR).error()).isEqualTo(-ESTALE);
        long handle = guest.open(guest.lookup(ROOT, "big").node(), O_RDWR).handle();
        guest.write(handle, 2 * UNIT - 1, new byte[] {6});
        assertThat(at(2 * UNIT - 1)).isEqualTo(6);
    }

    @Test
    void whoOpensAFileThatIsAsLongAgainAsItWasFindsItself() throws IOException {
        guest.map(node, READ, 0, UNIT, 0);
        long size = Files.size(directory.resolve("big"));
        truncate("big", 1);
        assertThat(window.repair()).isTrue();
        truncate("big", size);
        put("big", 4096, 7);
        assertThat(at(4096)).isZero();
        assertThat(guest.open(node, O_RDWR).error()).isZero();
        assertThat(at(4096)).isEqualTo(7);
    }

    @Test
    void whoOpensAFileToWriteChangesItsTime() throws IOException {
        Path file = directory.resolve("big");
        FileTime old = FileTime.from(Instant.parse("2001-01-01T00:00:00Z"));
        guest.map(node, READ | WRITE, 0, UNIT, 0);
        for (int i = 1; i <= 2; i++) {
            Files.setLastModifiedTime(file, old);
            assertThat(guest.open(node, O_RDWR).error()).isZero();
            window.segment().set(ValueLayout.JAVA_BYTE, 0, (byte) i);
            assertThat(Files.getLastModifiedTime(file)).isGreaterThan(old);
        }
    }
}

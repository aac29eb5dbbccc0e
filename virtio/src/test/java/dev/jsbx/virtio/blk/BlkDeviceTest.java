package dev.jsbx.virtio.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jsbx.virtio.mock.MockBuffer;
import dev.jsbx.virtio.mock.MockQueue;
import dev.jsbx.virtio.mock.MockTransport;
import dev.jsbx.virtio.queue.RingFeatures;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.LinuxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlkDeviceTest {
    private static final int IN = 0;
    private static final int OUT = 1;
    private static final int FLUSH = 4;
    private static final int GET_ID = 8;
    private static final int DISCARD = 11;
    private static final int WRITE_ZEROES = 13;
    private static final int OK = 0;
    private static final int IOERR = 1;
    private static final int UNSUPP = 2;
    private static final int SECTORS = 64;

    @TempDir Path directory;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private Path file;
    private MockTransport driver;

    @BeforeEach
    void create() throws IOException {
        file = directory.resolve("disk");
        byte[] bytes = new byte[SECTORS * 512];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i / 512 + 1);
        }
        java.nio.file.Files.write(file, bytes);
        attach(DiskImage.open(file, false), 1);
    }

    private void attach(DiskImage image, int queues) {
        close();
        driver = new MockTransport(new BlkDevice(image, "jsbx-test", queues, log::add));
        driver.activate();
    }

    @AfterEach
    void close() {
        if (driver != null) {
            driver.close();
            driver = null;
        }
    }

    private MockBuffer header(int type, long sector) {
        return driver.memory()
                .readable(
                        ByteBuffer.allocate(16)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(type)
                                .putInt(0)
                                .putLong(sector)
                                .array());
    }

    private int request(MockBuffer... buffers) {
        MockBuffer status = driver.memory().writable(1);
        status.segment().fill((byte) 0x55);
        MockBuffer[] all = Arrays.copyOf(buffers, buffers.length + 1);
        all[buffers.length] = status;
        driver.queue(0).addIndirect(all);
        driver.kick(0);
        driver.awaitUsed(0);
        return status.bytes()[0];
    }

    private int read(long sector, int bytes) {
        return request(header(IN, sector), driver.memory().writable(bytes));
    }

    private int ranges(int type, long... sectorCountFlags) {
        ByteBuffer data =
                ByteBuffer.allocate(sectorCountFlags.length / 3 * 16)
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < sectorCountFlags.length; i += 3) {
            data.putLong(sectorCountFlags[i]);
            data.putInt((int) sectorCountFlags[i + 1]);
            data.putInt((int) sectorCountFlags[i + 2]);
        }
        return request(header(type, 0), driver.memory().readable(data.array()));
    }

    private byte[] onDisk() throws IOException {
        return java.nio.file.Files.readAllBytes(file);
    }

    @Test
    void readsSectors() {
        MockBuffer data = driver.memory().writable(1024);
        MockBuffer status = driver.memory().writable(1);
        driver.queue(0).add(header(IN, 3), data, status);
        driver.kick(0);
        assertThat(driver.awaitUsed(0).written()).isEqualTo(1025);
        assertThat(status.bytes()).containsExactly(OK);
        assertThat(data.bytes()[0]).isEqualTo((byte) 4);
        assertThat(data.bytes()[1023]).isEqualTo((byte) 5);
    }

    @Test
    void writesSectors() throws IOException {
        byte[] bytes = new byte[1024];
        Arrays.fill(bytes, (byte) 0x77);
        assertThat(request(header(OUT, 10), driver.memory().readable(bytes))).isEqualTo(OK);
        assertThat(Arrays.copyOfRange(onDisk(), 5120, 6144)).isEqualTo(bytes);
        assertThat(onDisk()[5119]).isEqualTo((byte) 10);
        assertThat(onDisk()[6144]).isEqualTo((byte) 13);
        assertThat(request(header(FLUSH, 0))).isEqualTo(OK);
    }

    @Test
    void takesAnyCutOfTheRequest() {
        MockBuffer answer = driver.memory().writable(513);
        List<MockBuffer> all = new ArrayList<>();
        all.addAll(List.of(MockQueue.cut(header(IN, 7), 5)));
        all.addAll(List.of(MockQueue.cut(answer, 100)));
        driver.queue(0).addIndirect(all.toArray(MockBuffer[]::new));
        driver.kick(0);
        driver.awaitUsed(0);
        assertThat(answer.bytes()[511]).isEqualTo((byte) 8);
        assertThat(answer.bytes()[512]).isEqualTo((byte) OK);
    }

    @Test
    void refusesWhatLiesOutsideTheDisk() {
        assertThat(read(SECTORS - 1, 512)).isEqualTo(OK);
        assertThat(read(SECTORS - 1, 1024)).isEqualTo(IOERR);
        assertThat(read(SECTORS, 512)).isEqualTo(IOERR);
        assertThat(read(-1, 512)).isEqualTo(IOERR);
        assertThat(read(Long.MAX_VALUE / 512 + 1, 512)).isEqualTo(IOERR);
        assertThat(read(0, 511)).as("not whole sectors").isEqualTo(IOERR);
        assertThat(request(header(OUT, SECTORS), driver.memory().readable(512L))).isEqualTo(IOERR);
    }

    @Test
    void aWriteThatDoesNotFitWritesNothing() throws IOException {
        byte[] before = onDisk();
        assertThat(request(header(OUT, SECTORS - 1), driver.memory().readable(1024L)))
                .isEqualTo(IOERR);
        assertThat(onDisk()).isEqualTo(before);
    }

    @Test
    void discardsAndZeroes() throws IOException {
        assertThat(ranges(DISCARD, 8, 8, 0)).isEqualTo(OK);
        assertThat(ranges(WRITE_ZEROES, 16, 1, 0, 20, 2, 1)).isEqualTo(OK);
        byte[] disk = onDisk();
        assertThat(disk).hasSize(SECTORS * 512);
        assertThat(Arrays.copyOfRange(disk, 8 * 512, 17 * 512)).containsOnly(0);
        assertThat(disk[17 * 512]).isEqualTo((byte) 18);
        assertThat(Arrays.copyOfRange(disk, 20 * 512, 22 * 512)).containsOnly(0);
        assertThat(disk[22 * 512]).isEqualTo((byte) 23);
    }

    @Test
    void checksRanges() throws IOException {
        byte[] before = onDisk();
        assertThat(ranges(DISCARD, SECTORS, 1, 0)).isEqualTo(IOERR);
        assertThat(ranges(DISCARD, 0, -1, 0)).isEqualTo(IOERR);
        assertThat(ranges(DISCARD, -1, 2, 0)).isEqualTo(IOERR);
        assertThat(ranges(DISCARD, 0, 8, 1)).as("unmap is for write-zeroes").isEqualTo(UNSUPP);
        assertThat(ranges(WRITE_ZEROES, 0, 8, 2)).isEqualTo(UNSUPP);
        assertThat(ranges(DISCARD)).as("no range").isEqualTo(IOERR);
        assertThat(ranges(DISCARD, new long[3 * 65])).as("too many").isEqualTo(IOERR);
        assertThat(request(header(DISCARD, 0), driver.memory().readable(15L))).isEqualTo(IOERR);
        assertThat(ranges(WRITE_ZEROES, 5, 0, 0)).isEqualTo(OK);
        assertThat(onDisk()).isEqualTo(before);
    }

    @Test
    void saysItsName() {
        MockBuffer name = driver.memory().writable(20);
        assertThat(request(header(GET_ID, 0), name)).isEqualTo(OK);
        assertThat(new String(name.bytes(), StandardCharsets.US_ASCII))
                .isEqualTo("jsbx-test" + "\0".repeat(11));
        MockBuffer small = driver.memory().writable(4);
        assertThat(request(header(GET_ID, 0), small)).isEqualTo(OK);
    }

    @Test
    void knowsNoOtherRequests() {
        assertThat(request(header(2, 0))).isEqualTo(UNSUPP);
        assertThat(request(header(-1, 0))).isEqualTo(UNSUPP);
        assertThat(request(driver.memory().readable(15L))).as("half a header").isEqualTo(IOERR);
    }

    @Test
    void aRequestWithoutStatusBreaksTheQueue() {
        driver.queue(0).add(header(FLUSH, 0));
        driver.kick(0);
        assertThat(driver.awaitNeedsReset()).contains("status");
    }

    @Test
    void readOnlyDisksAreNotWritten() throws IOException {
        byte[] before = onDisk();
        attach(DiskImage.open(file, true), 1);
        assertThat(read(0, 512)).isEqualTo(OK);
        assertThat(request(header(OUT, 0), driver.memory().readable(512L))).isEqualTo(IOERR);
        assertThat(ranges(DISCARD, 0, 8, 0)).isEqualTo(IOERR);
        assertThat(ranges(WRITE_ZEROES, 0, 8, 0)).isEqualTo(IOERR);
        assertThat(request(header(FLUSH, 0))).isEqualTo(OK);
        assertThat(onDisk()).isEqualTo(before);
    }

    @Test
    void errorsOfTheHostAreToldOnce() {
        attach(DiskImage.of(Files.open(Path.of("/dev/full"), Files.O_RDWR), 1 << 20, false), 1);
        assertThat(request(header(OUT, 0), driver.memory().readable(512L))).isEqualTo(IOERR);
        assertThat(request(header(OUT, 0), driver.memory().readable(512L))).isEqualTo(IOERR);
        assertThat(log).singleElement().asString().contains("jsbx-test").contains("ENOSPC");
    }

    @Test
    void aFileThatWasCutShortGivesErrors() throws IOException {
        java.nio.file.Files.write(file, new byte[512]);
        assertThat(read(0, 512)).isEqualTo(OK);
        assertThat(read(1, 512)).isEqualTo(IOERR);
    }

    @Test
    void servesManyQueues() throws IOException {
        close();
        attach(DiskImage.open(file, false), 4);
        for (int i = 0; i < 4; i++) {
            MockBuffer data = driver.memory().writable(512);
            driver.queue(i).add(header(IN, i), data, driver.memory().writable(1));
            driver.kick(i);
            driver.awaitUsed(i);
            assertThat(data.bytes()[0]).isEqualTo((byte) (i + 1));
        }
    }

    @Test
    void describesItself() {
        DiskImage image = DiskImage.of(Files.open(file, Files.O_RDWR), SECTORS * 512 + 100, false);
        try (BlkDevice device = new BlkDevice(image, "x", 3, log::add)) {
            ByteBuffer config = ByteBuffer.wrap(device.config()).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(config.capacity()).isEqualTo(60);
            assertThat(config.getLong(0)).as("whole sectors").isEqualTo(SECTORS);
            assertThat(config.getInt(12)).isEqualTo(254);
            assertThat(config.getShort(34)).isEqualTo((short) 3);
            assertThat(device.features() & BlkFeatures.VIRTIO_BLK_F_MQ).isNotZero();
            assertThat(device.features() & BlkFeatures.VIRTIO_BLK_F_RO).isZero();
            assertThat(device.features() & RingFeatures.OFFERED).isZero();
        }
    }

    @Test
    void aWritableImageHasOneOwner() {
        assertThatThrownBy(() -> DiskImage.open(file, false))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("EBUSY");
        DiskImage.open(file, true).close();
    }
}

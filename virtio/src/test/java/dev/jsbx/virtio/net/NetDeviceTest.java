package dev.jsbx.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.jsbx.virtio.mock.MockBuffer;
import dev.jsbx.virtio.mock.MockMemory;
import dev.jsbx.virtio.mock.MockQueue;
import dev.jsbx.virtio.mock.MockTransport;
import dev.jsbx.virtio.queue.RingFeatures;
import dev.jsbx.virtio.queue.WritableBuffers;
import dev.jsbx.vmm.linux.Epoll;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The test's own thread is the backend's. */
class NetDeviceTest {
    private static final byte[] MAC = {2, 0, 0, 0, 0, 1};
    private static final int RX = 0;
    private static final int TX = 1;
    private static final int CONTROL = 2;

    private final Backend backend = new Backend();
    private final NetDevice device =
            new NetDevice(backend, MAC, 1500, NetFeatures.VIRTIO_NET_F_CSUM);
    private final MockTransport driver = new MockTransport(device);
    private final MockMemory memory = driver.memory();

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void theConfigurationNamesAddressStatusAndMtu() {
        ByteBuffer config = ByteBuffer.wrap(device.config()).order(ByteOrder.LITTLE_ENDIAN);
        byte[] mac = new byte[6];
        config.get(mac);
        assertThat(mac).isEqualTo(MAC);
        assertThat(config.getShort()).isEqualTo((short) 1);
        assertThat(config.getShort()).isEqualTo((short) 1);
        assertThat(config.getShort()).isEqualTo((short) 1500);
        assertThat(device.features() & NetFeatures.VIRTIO_NET_F_HOST_TSO4).isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NetDevice(backend, MAC, 65536, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NetDevice(backend, new byte[] {1, 0, 0, 0, 0, 0}, 1500, 0));
    }

    @Test
    void packetsOfTheGuestReachTheBackendInOrder() {
        activate();
        driver.queue(TX).add(packet(1, 60));
        driver.queue(TX).add(MockQueue.cut(packet(2, 300), 64));
        driver.kick(TX);
        assertThat(ready()).isTrue();
        List<byte[]> packets = receive(16);
        assertThat(packets).hasSize(2);
        assertThat(packets.get(0)).hasSize(NetPort.HEADER + 60).endsWith((byte) 1);
        assertThat(packets.get(1)).hasSize(NetPort.HEADER + 300).endsWith((byte) 2);
        backend.port.flush();
        assertThat(driver.awaitUsed(TX).written()).isZero();
        assertThat(driver.awaitUsed(TX).written()).isZero();
        assertThat(ready()).isFalse();
    }

    @Test
    void withOneRingItWaitsForTheOther() {
        driver.activate(RingFeatures.VIRTIO_F_VERSION_1, RX + 1);
        assertThat(backend.port).isNull();
        driver.quiesce();
        activate();
        driver.queue(TX).add(packet(1, 60));
        driver.kick(TX);
        assertThat(receive(16)).hasSize(1);
    }

    @Test
    void aBudgetLeavesTheRestReadable() {
        activate();
        for (int i = 0; i < 5; i++) {
            driver.queue(TX).add(packet(i, 60));
        }
        driver.kick(TX);
        assertThat(receive(3)).hasSize(3);
        assertThat(ready()).isTrue();
        assertThat(receive(3)).hasSize(2);
        assertThat(ready()).isFalse();
    }

    @Test
    void packetsTooShortForAHeaderAreSwallowed() {
        activate();
        driver.queue(TX).add(memory.readable(NetPort.HEADER - 1L));
        driver.queue(TX).add(memory.writable(100));
        driver.kick(TX);
        assertThat(receive(16)).isEmpty();
        backend.port.flush();
        driver.awaitUsed(TX);
        driver.awaitUsed(TX);
    }

    @Test
    void whatIsLittleIsSettledLater() {
        activate();
        driver.queue(TX).add(packet(1, 60));
        driver.kick(TX);
        receive(16);
        assertThat(backend.port.flush()).isTrue();
        assertThat(driver.queue(TX).hasUsed()).isTrue();
        assertThat(driver.interrupts(TX)).isZero();
        assertThat(backend.port.settle()).isFalse();
        assertThat(driver.interrupts(TX)).isEqualTo(1);
        assertThat(backend.port.flush()).isFalse();
    }

    @Test
    void whoeverIsInterruptedForAnAnswerSettlesByItself() {
        activate();
        driver.queue(RX).add(memory.writable(2048));
        driver.queue(TX).add(packet(1, 60));
        driver.kick(TX);
        receive(16);
        backend.port.send(new Packet(100));
        assertThat(backend.port.flush()).isTrue();
        assertThat(backend.port.settle()).isTrue();
        assertThat(driver.interrupts(TX)).isZero();
        assertThat(backend.port.settle()).isFalse();
        assertThat(driver.interrupts(TX)).isEqualTo(1);
    }

    @Test
    void whatIsMuchIsSettledAtOnce() {
        activate();
        for (int i = 0; i < 80; i++) {
            driver.queue(TX).add(packet(i, 60));
        }
        driver.kick(TX);
        receive(100);
        assertThat(backend.port.flush()).isFalse();
        assertThat(driver.interrupts(TX)).isEqualTo(1);
    }

    @Test
    void aPacketFillsOneBuffer() {
        activate();
        MockBuffer buffer = memory.writable(2048);
        driver.queue(RX).add(buffer);
        assertThat(backend.port.send(new Packet(100))).isTrue();
        assertThat(driver.queue(RX).hasUsed()).isFalse();
        backend.port.flush();
        assertThat(driver.awaitUsed(RX).written()).isEqualTo(100);
        assertThat(buffers(buffer)).isEqualTo(1);
        assertThat(buffer.bytes()[99]).isEqualTo((byte) 99);
    }

    @Test
    void aLargePacketIsSpreadOverBuffers() {
        activate(NetFeatures.VIRTIO_NET_F_MRG_RXBUF);
        List<MockBuffer> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(memory.writable(1000));
            driver.queue(RX).add(all.get(i));
        }
        assertThat(backend.port.send(new Packet(2500))).isTrue();
        backend.port.flush();
        assertThat(driver.awaitUsed(RX).written()).isEqualTo(1000);
        assertThat(driver.awaitUsed(RX).written()).isEqualTo(1000);
        assertThat(driver.awaitUsed(RX).written()).isEqualTo(500);
        assertThat(buffers(all.get(0))).isEqualTo(3);
        assertThat(all.get(2).bytes()[499]).isEqualTo((byte) 2499);
        assertThat(driver.queue(RX).hasUsed()).isFalse();
    }

    @Test
    void withoutRoomNothingIsTakenAndAKickTells() {
        activate(NetFeatures.VIRTIO_NET_F_MRG_RXBUF);
        driver.queue(RX).add(memory.writable(1000));
        assertThat(backend.port.send(new Packet(1500))).isFalse();
        assertThat(ready()).isFalse();
        driver.queue(RX).add(memory.writable(1000));
        driver.kick(RX);
        assertThat(ready()).isTrue();
        assertThat(backend.port.send(new Packet(1500))).isTrue();
        backend.port.flush();
        assertThat(driver.awaitUsed(RX).written()).isEqualTo(1000);
    }

    @Test
    void withoutMergingAPacketTooLargeForTheBufferIsLost() {
        activate();
        driver.queue(RX).add(memory.writable(1000));
        assertThat(backend.port.send(new Packet(1500))).isTrue();
        assertThat(backend.port.send(new Packet(900))).isTrue();
        backend.port.flush();
        assertThat(driver.awaitUsed(RX).written()).isEqualTo(900);
    }

    @Test
    void buffersTooSmallForAHeaderBreakTheDeviceOnly() {
        activate();
        driver.queue(RX).add(memory.writable(4));
        assertThat(backend.port.send(new Packet(100))).isTrue();
        assertThat(driver.needsReset()).isNotNull();
    }

    @Test
    void theControlQueueKeepsItsRules() {
        activate(NetFeatures.VIRTIO_NET_F_CTRL_VQ);
        assertThat(control(0, 0, 1)).as("promiscuous on").isEqualTo(1);
        assertThat(control(0, 0, 0)).as("promiscuous off").isZero();
        assertThat(control(0, 1, 1)).as("all multicast").isZero();
        assertThat(control(0, 9, 1)).as("unknown mode").isEqualTo(1);
        assertThat(control(4, 0, 1, 0)).as("queue pairs").isEqualTo(1);
        assertThat(control(1, 1, 1, 2, 3, 4, 5, 6)).as("a group address").isEqualTo(1);
        assertThat(control(1, 1, 2, 2)).as("a short address").isEqualTo(1);
        assertThat(control(1, 1, 2, 9, 9, 9, 9, 9)).as("an address").isZero();
        assertThat(device.config()).startsWith((byte) 2, (byte) 9);
        assertThat(control()).as("nothing at all").isEqualTo(1);
    }

    @Test
    void aResetTakesThePortAway() {
        activate();
        assertThat(backend.port).isNotNull();
        device.reset();
        assertThat(backend.port).isNull();
        assertThat(backend.detached).isPositive();
    }

    private void activate(long... features) {
        long all = 0;
        for (long feature : features) {
            all |= feature;
        }
        driver.activate(all);
    }

    private int control(int... bytes) {
        MockBuffer command = memory.readable(Math.max(1, bytes.length));
        for (int i = 0; i < bytes.length; i++) {
            command.segment().set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, (byte) bytes[i]);
        }
        MockBuffer answer = memory.writable(1);
        driver.queue(CONTROL).add(command, answer);
        driver.kick(CONTROL);
        driver.awaitUsed(CONTROL);
        return answer.bytes()[0];
    }

    private MockBuffer packet(int last, int length) {
        MockBuffer buffer = memory.readable(NetPort.HEADER + (long) length);
        buffer.segment()
                .set(
                        java.lang.foreign.ValueLayout.JAVA_BYTE,
                        NetPort.HEADER + length - 1L,
                        (byte) last);
        return buffer;
    }

    private static int buffers(MockBuffer first) {
        return ByteBuffer.wrap(first.bytes()).order(ByteOrder.LITTLE_ENDIAN).getShort(10);
    }

    private List<byte[]> receive(int budget) {
        List<byte[]> packets = new ArrayList<>();
        backend.port.receive(
                packet -> {
                    try (Arena arena = Arena.ofConfined()) {
                        MemorySegment copy = arena.allocate(packet.length());
                        packet.copyTo(0, copy, 0, packet.length());
                        packets.add(copy.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
                    }
                },
                budget);
        return packets;
    }

    private boolean ready() {
        try (Epoll epoll = new Epoll(1)) {
            epoll.add(backend.port.readiness().number(), Epoll.EPOLLIN, 0);
            return epoll.await(0) == 1;
        }
    }

    private static final class Backend implements NetBackend {
        NetPort port;
        int detached;

        @Override
        public void attached(NetPort port) {
            this.port = port;
            // What the port says of chains that may wait already.
            port.receive(packet -> {}, 1000);
        }

        @Override
        public void detached() {
            port = null;
            detached++;
        }
    }

    private record Packet(int length) implements PacketSource {
        @Override
        public void copyTo(WritableBuffers to, long at, int from, int bytes) {
            for (int i = 0; i < bytes; i++) {
                to.setByte(at + i, (byte) (from + i));
            }
        }
    }
}

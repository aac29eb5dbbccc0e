package dev.jsbx.virtio.vhostuser;

import static dev.jsbx.virtio.vhostuser.MockFrontend.state;
import static dev.jsbx.virtio.vhostuser.MockFrontend.u64;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.mock.MockQueue;
import dev.jsbx.virtio.queue.RingFeatures;
import dev.jsbx.virtio.rng.RngDevice;
import dev.jsbx.vmm.linux.EventFd;
import dev.jsbx.vmm.linux.LinuxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VhostUserServerTest {
    private static final long FEATURES =
            RingFeatures.VIRTIO_F_VERSION_1 | Protocol.VHOST_USER_F_PROTOCOL_FEATURES;
    private static final long ACK = Protocol.VHOST_USER_PROTOCOL_F_REPLY_ACK;
    private static final int NEED_REPLY = Protocol.VERSION | Protocol.FLAG_NEED_REPLY;

    @TempDir Path directory;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final RngDevice device = new RngDevice();
    private final EventFd kick = EventFd.create();
    private final EventFd call = EventFd.create();
    private Path path;
    private VhostUserServer server;
    private MockFrontend front;

    @BeforeEach
    void listen() {
        path = directory.resolve("rng.sock");
        server = VhostUserServer.listen(path, device, log::add);
        front = new MockFrontend(path);
    }

    @AfterEach
    void close() {
        front.close();
        server.close();
        device.close();
        kick.close();
        call.close();
    }

    private MockQueue start(int base) {
        MockQueue queue = new MockQueue(front.memory(), 64);
        start(queue, base);
        return queue;
    }

    private void start(MockQueue queue, int base) {
        front.placeRing(0, queue.rings(), base);
        front.send(Protocol.VHOST_USER_SET_VRING_KICK, u64(0), kick.fd());
        front.send(Protocol.VHOST_USER_SET_VRING_CALL, u64(0), call.fd());
        front.send(Protocol.VHOST_USER_SET_VRING_ENABLE, state(0, 1));
    }

    private void request(MockQueue queue) {
        queue.add(front.memory().writable(16));
        kick.signal();
        MockFrontend.await(call);
        assertThat(queue.takeUsed().written()).isEqualTo(16);
    }

    @Test
    void servesRequestsThroughTheFrontEndsMemory() {
        front.negotiate(FEATURES, 0);
        MockQueue queue = start(0);
        request(queue);
        request(queue);
        assertThat(log).isEmpty();
    }

    @Test
    void offersWhatItCanDo() {
        assertThat(front.ask(Protocol.VHOST_USER_GET_FEATURES))
                .isEqualTo(RingFeatures.OFFERED | Protocol.VHOST_USER_F_PROTOCOL_FEATURES);
        long features = front.ask(Protocol.VHOST_USER_GET_PROTOCOL_FEATURES);
        assertThat(features & ACK).isEqualTo(ACK);
        assertThat(features & Protocol.VHOST_USER_PROTOCOL_F_CONFIG)
                .as("a device without configuration")
                .isZero();
        assertThat(front.ask(Protocol.VHOST_USER_GET_QUEUE_NUM)).isEqualTo(1);
        assertThat(front.ask(Protocol.VHOST_USER_GET_MAX_MEM_SLOTS)).isGreaterThan(32);
    }

    @Test
    void servesWhatWaitedBeforeTheRingWasEnabled() {
        front.negotiate(FEATURES, 0);
        MockQueue queue = new MockQueue(front.memory(), 64);
        queue.add(front.memory().writable(16));
        start(queue, 0);
        MockFrontend.await(call);
        assertThat(queue.takeUsed().written()).isEqualTo(16);
    }

    @Test
    void withoutProtocolFeaturesRingsAreEnabledFromTheStart() {
        front.negotiate(RingFeatures.VIRTIO_F_VERSION_1, 0);
        MockQueue queue = new MockQueue(front.memory(), 64);
        front.placeRing(0, queue.rings(), 0);
        front.send(Protocol.VHOST_USER_SET_VRING_CALL, u64(0), call.fd());
        front.send(Protocol.VHOST_USER_SET_VRING_KICK, u64(0), kick.fd());
        request(queue);
    }

    @Test
    void stopsARingAndSaysWhereItWas() {
        front.negotiate(FEATURES, 0);
        MockQueue queue = start(0);
        request(queue);
        request(queue);
        front.send(Protocol.VHOST_USER_GET_VRING_BASE, state(0, 0));
        var base = front.reply(Protocol.VHOST_USER_GET_VRING_BASE);
        assertThat(base.getInt()).isZero();
        assertThat(base.getInt()).isEqualTo(2);

        queue.add(front.memory().writable(16));
        start(queue, 2);
        MockFrontend.await(call);
        assertThat(queue.takeUsed().written()).isEqualTo(16);
    }

    @Test
    void acknowledgesWhatItIsAskedTo() {
        front.negotiate(FEATURES, ACK);
        front.send(Protocol.VHOST_USER_SET_VRING_NUM, NEED_REPLY, state(0, 64));
        assertThat(front.reply(Protocol.VHOST_USER_SET_VRING_NUM).getLong()).isZero();
        front.send(999, NEED_REPLY, new byte[0]);
        assertThat(front.reply(999).getLong()).isNotZero();
        front.send(Protocol.VHOST_USER_GET_FEATURES, NEED_REPLY, new byte[0]);
        front.reply(Protocol.VHOST_USER_GET_FEATURES);
        assertThat(front.ask(Protocol.VHOST_USER_GET_QUEUE_NUM)).as("no second reply").isOne();
    }

    @Test
    void takesRegionsOneByOne() {
        front.negotiate(FEATURES, ACK | Protocol.VHOST_USER_PROTOCOL_F_CONFIGURE_MEM_SLOTS);
        byte[] region = MockFrontend.payload(40).putLong(0).put(MockFrontend.region()).array();
        front.send(Protocol.VHOST_USER_REM_MEM_REG, NEED_REPLY, region);
        assertThat(front.reply(Protocol.VHOST_USER_REM_MEM_REG).getLong()).isZero();
        front.send(Protocol.VHOST_USER_ADD_MEM_REG, NEED_REPLY, region, front.memfd());
        assertThat(front.reply(Protocol.VHOST_USER_ADD_MEM_REG).getLong()).isZero();
        request(start(0));
    }

    @Test
    void swapsDescriptorsWhileTheRingRuns() {
        front.negotiate(FEATURES, 0);
        MockQueue queue = start(0);
        request(queue);
        try (EventFd other = EventFd.create()) {
            front.send(Protocol.VHOST_USER_SET_VRING_CALL, u64(0), other.fd());
            front.ask(Protocol.VHOST_USER_GET_FEATURES);
            queue.add(front.memory().writable(16));
            kick.signal();
            MockFrontend.await(other);
            front.send(Protocol.VHOST_USER_SET_VRING_KICK, u64(0), other.fd());
            front.send(Protocol.VHOST_USER_SET_VRING_CALL, u64(0), call.fd());
            front.ask(Protocol.VHOST_USER_GET_FEATURES);
            queue.takeUsed();
            queue.add(front.memory().writable(16));
            other.signal();
            MockFrontend.await(call);
        }
    }

    @Test
    void resetDisablesTheRingsAndKeepsTheConnection() {
        front.negotiate(FEATURES, ACK | Protocol.VHOST_USER_PROTOCOL_F_RESET_DEVICE);
        MockQueue queue = start(0);
        request(queue);
        front.send(Protocol.VHOST_USER_RESET_DEVICE, NEED_REPLY, new byte[0]);
        assertThat(front.reply(Protocol.VHOST_USER_RESET_DEVICE).getLong()).isZero();
        queue.add(front.memory().writable(16));
        kick.signal();
        front.ask(Protocol.VHOST_USER_GET_FEATURES);
        assertThat(queue.hasUsed()).isFalse();
        request(start(0));
    }

    @Test
    void listensAgainAfterADisconnect() {
        for (int i = 0; i < 5; i++) {
            front.negotiate(FEATURES, 0);
            request(start(0));
            front.close();
            front = new MockFrontend(path);
        }
        assertThat(log).isEmpty();
    }

    @Test
    void aBrokenRingIsToldThroughTheErrorDescriptor() {
        front.negotiate(FEATURES, 0);
        MockQueue queue = start(0);
        try (EventFd error = EventFd.create()) {
            front.send(Protocol.VHOST_USER_SET_VRING_ERR, u64(0), error.fd());
            request(queue);
            queue.availableIndex(1000);
            kick.signal();
            MockFrontend.await(error);
        }
        assertThat(log).singleElement().asString().contains("queue 0").contains("ahead");
    }

    @Test
    void malformedMessagesCloseTheConnection() {
        List<Runnable> malformed =
                List.of(
                        () -> front.send(Protocol.VHOST_USER_GET_FEATURES, 2, new byte[0]),
                        () -> front.send(Protocol.VHOST_USER_SET_FEATURES, new byte[4]),
                        () -> front.send(999, new byte[0]),
                        () -> front.send(Protocol.VHOST_USER_SET_VRING_NUM, state(7, 64)),
                        () -> front.send(Protocol.VHOST_USER_SET_VRING_NUM, state(0, 63)),
                        () -> front.send(Protocol.VHOST_USER_SET_VRING_NUM, state(0, 1 << 16)),
                        () -> front.send(Protocol.VHOST_USER_SET_VRING_KICK, u64(0)),
                        () -> front.send(Protocol.VHOST_USER_SET_VRING_KICK, u64(0x100)),
                        () -> front.send(Protocol.VHOST_USER_SET_MEM_TABLE, state(1, 0)),
                        () ->
                                front.sendRaw(
                                        MockFrontend.payload(12)
                                                .putInt(1)
                                                .putInt(1)
                                                .putInt(1 << 30)
                                                .array()));
        for (Runnable send : malformed) {
            send.run();
            front.awaitClosed();
            front.close();
            front = new MockFrontend(path);
        }
        front.ask(Protocol.VHOST_USER_GET_FEATURES);
        assertThat(log).hasSize(malformed.size());
    }

    @Test
    void ringsOutsideMemoryCloseTheConnection() {
        front.negotiate(FEATURES, 0);
        MockQueue queue = new MockQueue(front.memory(), 64);
        front.send(
                Protocol.VHOST_USER_SET_VRING_ADDR,
                MockFrontend.payload(40).putLong(0).putLong(16).putLong(16).putLong(16).array());
        front.send(Protocol.VHOST_USER_SET_VRING_KICK, u64(0), kick.fd());
        front.send(Protocol.VHOST_USER_SET_VRING_ENABLE, state(0, 1));
        front.awaitClosed();
        assertThat(queue.hasUsed()).isFalse();
        assertThat(log).singleElement().asString().contains("no region");
    }

    @Test
    void closesWhileAMessageIsHalfThere() {
        front.sendRaw(new byte[] {1, 0, 0});
        server.close();
        front.awaitClosed();
        assertThat(path).doesNotExist();
    }

    @Test
    void removesASocketThatNobodyServes() throws Exception {
        Path stale = directory.resolve("stale.sock");
        dev.jsbx.vmm.linux.Sockets.listen(stale, 1).close();
        assertThat(Files.exists(stale)).isTrue();
        try (VhostUserServer second = VhostUserServer.listen(stale, device, log::add)) {
            assertThat(second.path()).isEqualTo(stale);
        }
        Assertions.assertThatThrownBy(() -> VhostUserServer.listen(path, device, log::add))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("EADDRINUSE");
    }
}

package dev.jsbx.virtio.vsock;

import static dev.jsbx.virtio.vsock.MockVsockGuest.CID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.mock.MockBuffer;
import dev.jsbx.virtio.mock.MockQueue;
import dev.jsbx.virtio.vsock.MockVsockGuest.Received;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class VsockDeviceTest {
    private static final int GUEST_PORT = 1000;
    private static final int HOST_PORT = 52;

    @TempDir Path directory;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private Path path;
    private MockVsockGuest guest;
    private ServerSocketChannel server;

    @BeforeEach
    void create() {
        path = directory.resolve("vsock");
        guest = new MockVsockGuest(new VsockDevice(CID, path, log::add));
        server = MockHost.listen(directory.resolve("vsock_" + HOST_PORT));
        guest.activate();
    }

    @AfterEach
    void close() throws IOException {
        guest.close();
        server.close();
        assertThat(log).isEmpty();
        assertThat(path).doesNotExist();
    }

    /** A connection by the guest. */
    private SocketChannel byGuest() throws IOException {
        guest.send(GUEST_PORT, HOST_PORT, Op.REQUEST);
        SocketChannel host = server.accept();
        assertThat(guest.receive().op()).isEqualTo(Op.RESPONSE);
        return host;
    }

    /** A connection by the host to a port of the guest. */
    private SocketChannel byHost(int guestPort) {
        SocketChannel host = MockHost.connect(path);
        MockHost.write(host, "CONNECT " + guestPort + "\n");
        Received request = guest.receive();
        while (request.op() != Op.REQUEST) {
            request = guest.receive();
        }
        assertThat(request.dstPort()).isEqualTo(guestPort);
        guest.send(guestPort, request.srcPort(), Op.RESPONSE);
        assertThat(MockHost.readLine(host)).isEqualTo("OK " + request.srcPort());
        return host;
    }

    @Test
    void theGuestConnectsToTheHost() throws IOException {
        guest.post(8);
        try (SocketChannel host = byGuest()) {
            guest.send(GUEST_PORT, HOST_PORT, Op.RW, 0, (byte) 1, (byte) 2);
            assertThat(MockHost.read(host, 2)).containsExactly(1, 2);
            MockHost.write(host, "hello");
            Received data = guest.receive();
            assertThat(data.op()).isEqualTo(Op.RW);
            assertThat(data.srcPort()).isEqualTo(HOST_PORT);
            assertThat(data.dstPort()).isEqualTo(GUEST_PORT);
            assertThat(data.data()).asString().isEqualTo("hello");
            assertThat(data.bufAlloc()).isEqualTo(StreamState.BUF_ALLOC);
            assertThat(data.fwdCnt()).isEqualTo(2);
        }
    }

    @Test
    void nobodyListensOnTheHost() {
        guest.post(1);
        guest.send(GUEST_PORT, HOST_PORT + 1, Op.REQUEST);
        Received answer = guest.receive();
        assertThat(answer.op()).isEqualTo(Op.RST);
        assertThat(answer.srcPort()).isEqualTo(HOST_PORT + 1);
        assertThat(answer.dstPort()).isEqualTo(GUEST_PORT);
    }

    @Test
    void theHostConnectsToTheGuest() throws IOException {
        guest.post(8);
        try (SocketChannel first = byHost(22);
                SocketChannel second = byHost(22)) {
            MockHost.write(first, "a");
            assertThat(guest.receive().srcPort()).isEqualTo(Muxer.FIRST_HOST_PORT);
            MockHost.write(second, "b");
            assertThat(guest.receive().srcPort()).isEqualTo(Muxer.FIRST_HOST_PORT + 1);
            guest.send(22, Muxer.FIRST_HOST_PORT, Op.RW, 0, (byte) 'c');
            assertThat(MockHost.read(first, 1)).containsExactly('c');
        }
    }

    @Test
    void whatFollowsTheConnectLineIsData() throws IOException {
        guest.post(8);
        try (SocketChannel host = MockHost.connect(path)) {
            MockHost.write(host, "CONNECT 4294967295\nearly");
            Received request = guest.receive();
            assertThat(request.dstPort()).isEqualTo(-1);
            guest.send(-1, request.srcPort(), Op.RESPONSE);
            assertThat(guest.receive().data()).asString().isEqualTo("early");
            assertThat(MockHost.readLine(host)).startsWith("OK ");
        }
    }

    @Test
    void nobodyListensInTheGuest() throws IOException {
        guest.post(8);
        try (SocketChannel host = MockHost.connect(path)) {
            MockHost.write(host, "CONNECT 22\n");
            guest.send(22, guest.receive().srcPort(), Op.RST);
            assertThat(MockHost.atEnd(host)).isTrue();
        }
    }

    @Test
    void malformedConnectLinesEndTheConnection() throws IOException {
        for (String line :
                List.of(
                        "CONNECT \n",
                        "CONNECT x\n",
                        "HELLO\n",
                        "CONNECT 4294967296\n",
                        "CONNECT 12345678901",
                        "connect 1\n",
                        "CONNECT -1\n")) {
            try (SocketChannel host = MockHost.connect(path)) {
                MockHost.write(host, line);
                assertThat(MockHost.atEnd(host)).as(line).isTrue();
            }
        }
        try (SocketChannel host = MockHost.connect(path)) {
            MockHost.write(host, "CONN");
            assertThat(MockHost.atEnd(host)).as("given up after a while").isTrue();
        }
    }

    @Test
    void aGuestThatDoesNotAnswerEndsTheAttempt() throws IOException {
        guest.post(8);
        try (SocketChannel host = MockHost.connect(path)) {
            MockHost.write(host, "CONNECT 22\n");
            assertThat(guest.receive().op()).isEqualTo(Op.REQUEST);
            assertThat(MockHost.atEnd(host)).isTrue();
            assertThat(guest.receive().op()).isEqualTo(Op.RST);
        }
    }

    @Test
    void theHostClosesItsWritingSide() throws IOException {
        guest.post(8);
        try (SocketChannel host = byGuest()) {
            MockHost.write(host, "last");
            host.shutdownOutput();
            assertThat(guest.receive().data()).asString().isEqualTo("last");
            Received end = guest.receive();
            assertThat(end.op()).isEqualTo(Op.SHUTDOWN);
            assertThat(end.flags()).isEqualTo(Op.SHUTDOWN_SEND);
            guest.send(GUEST_PORT, HOST_PORT, Op.RW, 0, (byte) 7);
            assertThat(MockHost.read(host, 1)).containsExactly(7);
            guest.send(GUEST_PORT, HOST_PORT, Op.SHUTDOWN, Op.SHUTDOWN_BOTH);
            assertThat(MockHost.atEnd(host)).isTrue();
            assertThat(guest.receive().op()).isEqualTo(Op.RST);
        }
    }

    @Test
    void theGuestClosesItsWritingSide() throws IOException {
        guest.post(8);
        try (SocketChannel host = byGuest()) {
            guest.send(GUEST_PORT, HOST_PORT, Op.RW, 0, (byte) 7);
            guest.send(GUEST_PORT, HOST_PORT, Op.SHUTDOWN, Op.SHUTDOWN_SEND);
            assertThat(MockHost.read(host, 1)).containsExactly(7);
            assertThat(MockHost.atEnd(host)).isTrue();
            MockHost.write(host, "reply");
            assertThat(guest.receive().data()).asString().isEqualTo("reply");
            guest.send(GUEST_PORT, HOST_PORT, Op.RW, 0, (byte) 8);
            assertThat(guest.receive().op()).as("data after its end").isEqualTo(Op.RST);
        }
    }

    @Test
    void theHostsProcessGoesAway() throws IOException {
        guest.post(8);
        SocketChannel host = byGuest();
        MockHost.write(host, "bye");
        host.close();
        // That it takes nothing more may be told before what it has sent.
        String data = "";
        int flags = 0;
        while (flags != Op.SHUTDOWN_BOTH) {
            Received next = guest.receive();
            data += new String(next.data(), java.nio.charset.StandardCharsets.US_ASCII);
            flags |= next.flags();
        }
        assertThat(data).isEqualTo("bye");
        guest.send(GUEST_PORT, HOST_PORT, Op.RW, 0, new byte[1000]);
        guest.send(GUEST_PORT, HOST_PORT, Op.RST);
        byGuest().close();
    }

    @Test
    void theGuestResets() throws IOException {
        guest.post(8);
        try (SocketChannel host = byGuest()) {
            guest.send(GUEST_PORT, HOST_PORT, Op.RST);
            assertThat(MockHost.atEnd(host)).isTrue();
        }
        byGuest().close();
    }

    @Test
    void sendsNoMoreThanTheGuestCanTake() throws IOException {
        guest.bufAlloc = 10;
        guest.post(8);
        try (SocketChannel host = byGuest()) {
            MockHost.write(host, "0123456789abcdef");
            assertThat(guest.receive().data()).asString().isEqualTo("0123456789");
            assertThat(guest.receive().op()).isEqualTo(Op.CREDIT_REQUEST);
            guest.fwdCnt = 3;
            guest.send(GUEST_PORT, HOST_PORT, Op.CREDIT_UPDATE);
            assertThat(guest.receive().data()).asString().isEqualTo("abc");
            assertThat(guest.receive().op()).isEqualTo(Op.CREDIT_REQUEST);
            guest.bufAlloc = 2;
            guest.send(GUEST_PORT, HOST_PORT, Op.CREDIT_UPDATE);
            guest.bufAlloc = 12;
            guest.send(GUEST_PORT, HOST_PORT, Op.CREDIT_UPDATE);
            assertThat(guest.receive().data())
                    .as("a shrunken buffer is no credit")
                    .asString()
                    .isEqualTo("de");
        }
    }

    @Test
    void asksForCreditOnceAndNotAgainAndAgain() throws IOException {
        guest.bufAlloc = 4;
        guest.post(8);
        try (SocketChannel host = byGuest()) {
            MockHost.write(host, "0123");
            assertThat(guest.receive().data()).hasSize(4);
            MockHost.write(host, "4");
            assertThat(guest.receive().op()).isEqualTo(Op.CREDIT_REQUEST);
            MockHost.write(host, "5");
            guest.send(GUEST_PORT, HOST_PORT, Op.CREDIT_REQUEST);
            assertThat(guest.receive().op()).isEqualTo(Op.CREDIT_UPDATE);
            assertThat(guest.poll()).isNull();
        }
    }

    @Test
    void holdsWhatTheHostDoesNotReadAndNoMore() throws IOException {
        guest.post(64);
        byte[] chunk = new byte[32 << 10];
        for (int i = 0; i < chunk.length; i++) {
            chunk[i] = (byte) (i * 31 >> 3);
        }
        try (SocketChannel host = byGuest()) {
            int sent = 0;
            int forwarded = 0;
            // Until the socket is full and the credit is used up.
            while (StreamState.BUF_ALLOC - (sent - forwarded) >= chunk.length) {
                guest.send(GUEST_PORT, HOST_PORT, Op.RW, 0, chunk);
                sent += chunk.length;
                guest.send(GUEST_PORT, HOST_PORT, Op.CREDIT_REQUEST);
                Received update = guest.receive();
                while (update.op() != Op.CREDIT_UPDATE || guest.transport.queue(0).hasUsed()) {
                    update = guest.receive();
                }
                forwarded = update.fwdCnt();
            }
            assertThat(sent).isGreaterThan(StreamState.BUF_ALLOC);
            for (int i = 0; i < sent; i += chunk.length) {
                assertThat(MockHost.read(host, chunk.length)).isEqualTo(chunk);
            }
            Received update = guest.receive();
            while (update.fwdCnt() != sent) {
                assertThat(update.op()).isEqualTo(Op.CREDIT_UPDATE);
                guest.send(GUEST_PORT, HOST_PORT, Op.CREDIT_REQUEST);
                update = guest.receive();
            }
        }
    }

    @Test
    void aGuestThatExceedsItsCreditIsReset() throws IOException {
        guest.post(64);
        try (SocketChannel host = byGuest()) {
            Received answer = null;
            for (int i = 0; i < 100 && (answer == null || answer.op() != Op.RST); i++) {
                guest.send(GUEST_PORT, HOST_PORT, Op.RW, 0, new byte[64 << 10]);
                answer = guest.poll();
            }
            assertThat(answer).isNotNull();
            assertThat(answer.op()).isEqualTo(Op.RST);
            assertThat(host.isOpen()).isTrue();
        }
    }

    @Test
    void whatTheGuestSentBeforeClosingArrives() throws IOException {
        guest.post(64);
        byte[] chunk = new byte[64 << 10];
        Arrays.fill(chunk, (byte) 9);
        try (SocketChannel host = byGuest()) {
            int sent = 0;
            while (sent < 4 * chunk.length) {
                guest.send(GUEST_PORT, HOST_PORT, Op.RW, 0, chunk);
                sent += chunk.length;
            }
            guest.send(GUEST_PORT, HOST_PORT, Op.SHUTDOWN, Op.SHUTDOWN_BOTH);
            Received answer = guest.receive();
            while (answer.op() == Op.CREDIT_UPDATE) {
                answer = guest.receive();
            }
            assertThat(answer.op()).as("at once, although the host has not read").isEqualTo(Op.RST);
            byGuest().close();
            assertThat(MockHost.read(host, sent)).containsOnly(9).hasSize(sent);
            assertThat(MockHost.atEnd(host)).isTrue();
        }
    }

    @Test
    void nothingMovesWhileTheGuestHasNoBuffers() throws IOException {
        guest.post(1);
        try (SocketChannel host = byGuest()) {
            guest.transport.queue(0).usedEvent(0xfff0);
            MockHost.write(host, "x".repeat(100));
            assertThat(guest.receive().data()).hasSize(100);
        }
    }

    @Test
    void connectionsTakeTurns() throws IOException {
        List<SocketChannel> hosts = new ArrayList<>();
        guest.post(3);
        for (int i = 0; i < 3; i++) {
            guest.send(GUEST_PORT + i, HOST_PORT, Op.REQUEST);
            hosts.add(server.accept());
            assertThat(guest.receive().op()).isEqualTo(Op.RESPONSE);
        }
        // Three buffers are posted, and each connection has more than that to send.
        guest.transport.quiesce();
        for (SocketChannel host : hosts) {
            MockHost.write(host, new byte[20 << 10]);
        }
        guest.activate();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            order.add(guest.receive().dstPort() - GUEST_PORT);
        }
        // The first buffers may be filled before the other connections are watched again.
        assertThat(order.subList(3, 6)).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(order.subList(6, 9)).containsExactlyElementsOf(order.subList(3, 6));
        for (SocketChannel host : hosts) {
            host.close();
        }
    }

    @Test
    void packetsThatMakeNoSense() {
        guest.post(8);
        int[] forUnknown = {
            Op.RESPONSE, Op.SHUTDOWN, Op.RW, Op.CREDIT_UPDATE, Op.CREDIT_REQUEST, 0, 99
        };
        for (int op : forUnknown) {
            guest.send(GUEST_PORT, 77, op);
            assertThat(guest.receive().op()).as("op %d", op).isEqualTo(Op.RST);
        }
        guest.send(GUEST_PORT, 77, Op.RST);
        byte[] none = {};
        guest.sendRaw(MockVsockGuest.header(CID, 2, 5, HOST_PORT, 0, 2, Op.REQUEST, 0, 0, 0), none);
        assertThat(guest.receive().op()).as("not a stream").isEqualTo(Op.RST);
        guest.sendRaw(MockVsockGuest.header(CID, 3, 5, 6, 0, 1, Op.REQUEST, 0, 0, 0), none);
        guest.sendRaw(MockVsockGuest.header(CID + 1, 2, 5, 6, 0, 1, Op.REQUEST, 0, 0, 0), none);
        guest.sendRaw(MockVsockGuest.header(CID, 2, 5, 6, 1, 1, Op.RW, 0, 0, 0), none);
        guest.send(GUEST_PORT, 78, Op.RW);
        assertThat(guest.receive().srcPort()).as("the others get no answer").isEqualTo(78);
    }

    @Test
    void operationsThatBreakAConnection() throws IOException {
        guest.post(8);
        for (int op : new int[] {Op.REQUEST, Op.RESPONSE, 0, 99}) {
            try (SocketChannel host = byGuest()) {
                guest.send(GUEST_PORT, HOST_PORT, op);
                assertThat(guest.receive().op()).as("op %d", op).isEqualTo(Op.RST);
                assertThat(MockHost.atEnd(host)).isTrue();
            }
        }
    }

    @Test
    void acceptsAnyCutOfAPacket() throws IOException {
        guest.post(8);
        try (SocketChannel host = byGuest()) {
            MockBuffer all = guest.transport.memory().readable(144);
            byte[] header =
                    MockVsockGuest.header(
                            CID, 2, GUEST_PORT, HOST_PORT, 100, 1, Op.RW, 0, 1 << 16, 0);
            for (int i = 0; i < 144; i++) {
                all.segment()
                        .set(
                                java.lang.foreign.ValueLayout.JAVA_BYTE,
                                i,
                                i < 44 ? header[i] : (byte) i);
            }
            guest.transport.queue(1).addIndirect(MockQueue.cut(all, 1));
            guest.transport.kick(1);
            byte[] got = MockHost.read(host, 100);
            assertThat(got[0]).isEqualTo((byte) 44);
            assertThat(got[99]).isEqualTo((byte) 143);
        }
    }

    @Test
    void aFloodWithoutBuffersForTheAnswersWaits() {
        MockQueue tx = guest.transport.queue(1);
        tx.usedEvent(255);
        for (int i = 0; i < 256; i++) {
            guest.sendLater(i, 77, Op.RW);
        }
        for (int i = 0; i < 256; i++) {
            guest.transport.awaitUsed(1);
        }
        // As many answers are owed as may be: these packets stay in the ring.
        for (int i = 256; i < 300; i++) {
            guest.sendLater(i, 77, Op.RW);
        }
        guest.post(64);
        for (int i = 0; i < 300; i++) {
            Received answer = guest.receive();
            assertThat(answer.op()).isEqualTo(Op.RST);
            assertThat(answer.dstPort()).isEqualTo(i);
        }
    }

    @Test
    void aBufferWithoutRoomBreaksTheQueue() {
        guest.transport.queue(0).add(guest.transport.memory().writable(44));
        guest.send(GUEST_PORT, 77, Op.RW);
        assertThat(guest.transport.awaitNeedsReset()).contains("44 bytes");
    }

    @Test
    void connectionsOutlastAPauseAndNotAReset() throws IOException {
        guest.post(8);
        try (SocketChannel host = byGuest()) {
            guest.transport.quiesce();
            MockHost.write(host, "while paused");
            guest.activate();
            assertThat(guest.receive().data()).asString().isEqualTo("while paused");
            guest.transport.quiesce();
            guest.device.reset();
            assertThat(MockHost.atEnd(host)).isTrue();
            guest.activate();
            byGuest().close();
        }
        byHost(5).close();
    }

    @Test
    void aRestoredGuestIsToldBeforeAnythingElse() throws IOException {
        guest.transport.quiesce();
        guest.device.reset();
        guest.device.restored(Muxer.FIRST_HOST_PORT + 7);
        guest.post(8);
        MockBuffer[] events = new MockBuffer[2];
        for (int i = 0; i < events.length; i++) {
            events[i] = guest.transport.memory().writable(8);
            guest.transport.queue(2).add(events[i]);
        }
        guest.activate();
        assertThat(guest.transport.awaitUsed(2).written()).isEqualTo(4);
        try (SocketChannel host = MockHost.connect(path)) {
            MockHost.write(host, "CONNECT 22\n");
            guest.send(GUEST_PORT, 77, Op.RW);
            assertThat(guest.poll()).as("before the guest has handled it").isNull();
            guest.transport.queue(2).add(events[0]);
            guest.transport.kick(2);
            List<Received> both = List.of(guest.receive(), guest.receive());
            assertThat(both).extracting(Received::op).contains(Op.REQUEST, Op.RST);
            assertThat(both).extracting(Received::srcPort).contains(Muxer.FIRST_HOST_PORT + 7, 77);
        }
    }

    @Test
    void manyConnectionsComeAndGo() throws IOException {
        guest.post(64);
        for (int i = 0; i < 3000; i++) {
            guest.send(i, HOST_PORT, Op.REQUEST);
            try (SocketChannel host = server.accept()) {
                assertThat(guest.receive().op()).isEqualTo(Op.RESPONSE);
                guest.send(i, HOST_PORT, Op.SHUTDOWN, Op.SHUTDOWN_BOTH);
                assertThat(guest.receive().op()).isEqualTo(Op.RST);
                assertThat(host.isOpen()).isTrue();
            }
        }
        assertThat(Files.exists(path)).isTrue();
    }
}

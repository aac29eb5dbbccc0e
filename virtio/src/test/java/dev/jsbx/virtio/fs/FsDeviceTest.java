package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EDEADLK;
import static dev.jsbx.vmm.linux.Errno.EINTR;
import static dev.jsbx.vmm.linux.RecordLock.F_UNLCK;
import static dev.jsbx.vmm.linux.RecordLock.F_WRLCK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.fuse.In;
import dev.jsbx.virtio.fuse.Opcode;
import dev.jsbx.virtio.fuse.Out;
import dev.jsbx.virtio.mock.MockBuffer;
import dev.jsbx.virtio.mock.MockQueue;
import dev.jsbx.virtio.mock.MockTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The device with its threads: what waits, what comes at once, and what pauses. */
class FsDeviceTest {
    private static final int HIPRIO = 0;
    private static final int REQUESTS = 1;
    private static final int O_RDWR = 2;

    @TempDir Path directory;
    private MockTransport driver;
    private final Map<Integer, MockBuffer> replies = new HashMap<>();
    private long file;
    private volatile int asked;
    private volatile int sleeper = -1;

    @BeforeEach
    void share() throws IOException {
        Files.writeString(directory.resolve("file"), "content");
        FsDevice device = new FsDevice("ws", 1, Share.of(directory));
        device.ask(this::interrupted);
        driver = new MockTransport(device);
        driver.activate();
        byte[] name = FuseClient.body(In.Header.SIZE, "file").array();
        file = call(Opcode.FUSE_LOOKUP, 1, name).getLong(Out.Header.SIZE + Out.Entry.NODEID);
    }

    @AfterEach
    void close() {
        driver.close();
    }

    private Set<Integer> interrupted(Collection<Integer> threads) throws IOException {
        asked++;
        if (asked < 3) {
            throw new IOException("no answer yet");
        }
        return threads.contains(sleeper) ? Set.of(sleeper) : Set.of();
    }

    private int send(int queue, int opcode, long node, long unique, byte[] body) {
        ByteBuffer request = FuseClient.buffer(In.Header.SIZE + body.length);
        request.putInt(In.Header.LEN, request.capacity());
        request.putInt(In.Header.OPCODE, opcode);
        request.putLong(In.Header.UNIQUE, unique);
        request.putLong(In.Header.NODEID, node);
        request.putInt(In.Header.PID, (int) unique);
        request.put(In.Header.SIZE, body);
        MockBuffer reply = driver.memory().writable(4096);
        int head = driver.queue(queue).add(driver.memory().readable(request.array()), reply);
        replies.put(head, reply);
        driver.kick(queue);
        return head;
    }

    private ByteBuffer awaitReply() {
        MockQueue.Used used = driver.awaitUsed(REQUESTS);
        byte[] bytes = replies.get(used.head()).bytes();
        return ByteBuffer.wrap(bytes, 0, (int) used.written()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer call(int opcode, long node, byte[] body) {
        send(REQUESTS, opcode, node, 7, body);
        ByteBuffer reply = awaitReply();
        assertThat(reply.getInt(Out.Header.ERROR)).isZero();
        return reply;
    }

    private long open() {
        ByteBuffer body = FuseClient.body(In.Open.SIZE);
        body.putInt(0, O_RDWR);
        return call(Opcode.FUSE_OPEN, file, body.array()).getLong(Out.Header.SIZE + Out.Open.FH);
    }

    private static byte[] lock(long handle, long owner, int type) {
        return FuseClient.lockBody(handle, owner, type, 0, Long.MAX_VALUE, 0);
    }

    @Test
    void tellsTagAndQueues() {
        byte[] config = new FsDevice("name", 3, Share.of(directory)).config();
        assertThat(config).hasSize(40).startsWith('n', 'a', 'm', 'e', 0);
        assertThat(config[36]).isEqualTo((byte) 3);
    }

    @Test
    void aLockIsGrantedWhenItsHolderGivesItBack() {
        long handle = open();
        call(Opcode.FUSE_SETLKW, file, lock(handle, 1, F_WRLCK));
        send(REQUESTS, Opcode.FUSE_SETLKW, file, 50, lock(handle, 2, F_WRLCK));
        send(REQUESTS, Opcode.FUSE_SETLK, file, 51, lock(handle, 1, F_UNLCK));
        Set<Long> done = new HashSet<>();
        for (int i = 0; i < 2; i++) {
            ByteBuffer reply = awaitReply();
            assertThat(reply.getInt(Out.Header.ERROR)).isZero();
            done.add(reply.getLong(Out.Header.UNIQUE));
        }
        assertThat(done).containsExactlyInAnyOrder(50L, 51L);
    }

    @Test
    void aWaitEndsWhenItIsInterrupted() {
        long handle = open();
        call(Opcode.FUSE_SETLK, file, lock(handle, 1, F_WRLCK));
        send(REQUESTS, Opcode.FUSE_SETLKW, file, 50, lock(handle, 2, F_WRLCK));
        // It may overtake the request that it is for.
        ByteBuffer interrupt = FuseClient.body(In.Interrupt.SIZE);
        interrupt.putLong(0, 50);
        send(HIPRIO, Opcode.FUSE_INTERRUPT, 0, 60, interrupt.array());
        ByteBuffer reply = awaitReply();
        assertThat(reply.getLong(Out.Header.UNIQUE)).isEqualTo(50);
        assertThat(reply.getInt(Out.Header.ERROR)).isEqualTo(-EINTR);
        assertThat(driver.awaitUsed(HIPRIO).written()).isZero();
    }

    @Test
    void aWaitEndsWhenTheGuestSaysThatItsThreadGotASignal() {
        long handle = open();
        call(Opcode.FUSE_SETLK, file, lock(handle, 1, F_WRLCK));
        send(REQUESTS, Opcode.FUSE_SETLKW, file, 50, lock(handle, 2, F_WRLCK));
        send(REQUESTS, Opcode.FUSE_SETLKW, file, 51, lock(handle, 3, F_WRLCK));
        sleeper = 51;
        ByteBuffer reply = awaitReply();
        assertThat(reply.getLong(Out.Header.UNIQUE)).isEqualTo(51);
        assertThat(reply.getInt(Out.Header.ERROR)).isEqualTo(-EINTR);
        call(Opcode.FUSE_SETLK, file, lock(handle, 1, F_UNLCK));
        assertThat(awaitReply().getInt(Out.Header.ERROR)).isZero();
    }

    @Test
    void waitingForEachOtherIsRefused() throws IOException {
        long handle = open();
        byte[] first = FuseClient.lockBody(handle, 1, F_WRLCK, 0, 0, 0);
        call(Opcode.FUSE_SETLKW, file, first);
        call(Opcode.FUSE_SETLKW, file, FuseClient.lockBody(handle, 2, F_WRLCK, 1, 1, 0));
        send(
                REQUESTS,
                Opcode.FUSE_SETLKW,
                file,
                50,
                FuseClient.lockBody(handle, 1, F_WRLCK, 1, 1, 0));
        send(
                REQUESTS,
                Opcode.FUSE_SETLKW,
                file,
                51,
                FuseClient.lockBody(handle, 2, F_WRLCK, 0, 0, 0));
        // Whichever is second: what comes close together may be served by two threads.
        ByteBuffer reply = awaitReply();
        assertThat(reply.getLong(Out.Header.UNIQUE)).isIn(50L, 51L);
        assertThat(reply.getInt(Out.Header.ERROR)).isEqualTo(-EDEADLK);
    }

    @Test
    void manyAtOnceAreAllAnswered() {
        long handle = open();
        ByteBuffer read = FuseClient.body(In.Read.SIZE);
        read.putLong(FuseClient.at(In.Read.FH), handle);
        read.putInt(FuseClient.at(In.Read.BYTES), 7);
        for (int i = 0; i < 400; i++) {
            send(REQUESTS, Opcode.FUSE_READ, file, 1000 + i, read.array());
        }
        for (int i = 0; i < 400; i++) {
            ByteBuffer reply = awaitReply();
            assertThat(reply.getInt(Out.Header.ERROR)).isZero();
            assertThat(reply.remaining()).isEqualTo(Out.Header.SIZE + 7);
        }
    }

    @Test
    void aPauseKeepsWhatTheGuestKnows() {
        long handle = open();
        driver.quiesce();
        driver.activate();
        ByteBuffer read = FuseClient.body(In.Read.SIZE);
        read.putLong(FuseClient.at(In.Read.FH), handle);
        read.putInt(FuseClient.at(In.Read.BYTES), 7);
        assertThat(call(Opcode.FUSE_READ, file, read.array()).remaining()).isEqualTo(16 + 7);
    }

    @Test
    void forgettingMuchInterruptsOnceABeat() {
        driver.awaitInterrupt(HIPRIO); // of the activation
        byte[] nothing = FuseClient.body(In.Forget.SIZE).array();
        long start = System.nanoTime();
        int interrupts = 0;
        for (int i = 0; i < 500; i++) {
            send(HIPRIO, Opcode.FUSE_FORGET, 99, 100 + i, nothing);
        }
        for (int i = 0; i < 500; i++) {
            while (!driver.queue(HIPRIO).hasUsed()) {
                driver.awaitInterrupt(HIPRIO);
                interrupts++;
            }
            driver.queue(HIPRIO).takeUsed();
        }
        interrupts += driver.takeInterrupts(HIPRIO);
        long beats = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) / 5;
        assertThat(interrupts).isBetween(1, (int) beats + 2);
        // One that comes alone, later, is served too.
        send(HIPRIO, Opcode.FUSE_FORGET, file, 1, nothing);
        assertThat(driver.awaitUsed(HIPRIO).written()).isZero();
    }

    @Test
    void whatWasForgottenBeforeAPauseIsToldAfterIt() {
        driver.awaitInterrupt(HIPRIO);
        send(HIPRIO, Opcode.FUSE_FORGET, 99, 1, FuseClient.body(In.Forget.SIZE).array());
        driver.quiesce();
        driver.takeInterrupts(HIPRIO);
        driver.activate();
        driver.awaitInterrupt(HIPRIO);
        assertThat(driver.awaitUsed(HIPRIO).written()).isZero();
    }
}

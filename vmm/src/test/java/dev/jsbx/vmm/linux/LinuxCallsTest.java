package dev.jsbx.vmm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxCallsTest {
    @TempDir Path dir;

    @Test
    void aFailedCallNamesItselfItsArgumentsAndTheErrno() {
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> Files.open(dir.resolve("absent"), Files.O_RDWR))
                .withMessage("open(\"%s/absent\", 0x2): ENOENT (No such file or directory)", dir)
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }

    @Test
    void unknownErrnosAreShownAsNumbers() {
        assertThat(Errno.describe(4000)).isEqualTo("errno 4000 (unknown error)");
        assertThat(Errno.name(Errno.EAGAIN)).isEqualTo("EAGAIN");
        assertThat(Errno.name(Errno.EOPNOTSUPP)).isEqualTo("EOPNOTSUPP");
    }

    @Test
    void ioctlNumbersAreThoseOfTheKernelHeader() {
        assertThat(Ioctl.io(0xAE, 0x80)).isEqualTo(0xAE80);
        assertThat(Ioctl.iow(0xAE, 0x46, 32)).isEqualTo(0x4020AE46L);
        assertThat(Ioctl.ior(0xAE, 0x81, 144)).isEqualTo(0x8090AE81L);
        assertThat(Ioctl.iowr(0xAE, 0x05, 8)).isEqualTo(0xC008AE05L);
    }

    /** A memfd is on a file system of the kernel's own, so that the kernel does not copy for us. */
    @Test
    void aSparseFileIsCopiedToAnotherFileSystemToo() throws IOException {
        byte[] start = {1, 2, 3};
        Path source = dir.resolve("source");
        try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "rw")) {
            file.write(start);
            file.seek(5 << 20);
            file.write(4);
            file.setLength(9 << 20);
        }
        try (Fd from = Files.open(source, Files.O_RDONLY);
                Fd to = MemFd.create("copy", 0)) {
            Files.copySparse(from, to);
            byte[] copy = java.nio.file.Files.readAllBytes(Path.of("/proc/self/fd/" + to.number()));
            assertThat(copy).isEqualTo(java.nio.file.Files.readAllBytes(source));
        }
    }

    @Test
    void anEventFdWakesAnEpollAndIsDrainedAtOnce() {
        try (EventFd event = EventFd.create();
                Epoll epoll = new Epoll(4)) {
            epoll.add(event.fd().number(), Epoll.EPOLLIN, 77);
            assertThat(epoll.await(0)).isZero();
            event.signal();
            event.signal();
            assertThat(epoll.await(1000)).isEqualTo(1);
            assertThat(epoll.token(0)).isEqualTo(77);
            assertThat(epoll.events(0)).isEqualTo(Epoll.EPOLLIN);
            assertThat(event.drain()).isEqualTo(2);
            assertThat(event.drain()).isZero();
            epoll.remove(event.fd().number());
        }
    }

    @Test
    void aMemfdIsSharedByItsMappingsUntilTheyClose() {
        try (Fd memory = MemFd.create("test", 8192);
                Mapping one = Mapping.shared(memory, 0, 8192)) {
            Mapping two = Mapping.shared(memory, 4096, 4096);
            one.segment().set(ValueLayout.JAVA_INT, 4096, 42);
            MemorySegment segment = two.segment();
            assertThat(segment.get(ValueLayout.JAVA_INT, 0)).isEqualTo(42);
            two.close();
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> segment.get(ValueLayout.JAVA_INT, 0));
        }
    }

    @Test
    void descriptorsTravelOverASocket() {
        List<Fd> pair = Sockets.pair();
        try (Fd left = pair.get(0);
                Fd right = pair.get(1);
                Fd memory = MemFd.create("passed", 4096);
                Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom("hello");
            assertThat(Sockets.send(left.number(), text, List.of(memory, left))).isEqualTo(6);
            List<Fd> received = new ArrayList<>();
            MemorySegment buffer = arena.allocate(64);
            assertThat(Sockets.receive(right.number(), buffer, received)).isEqualTo(6);
            assertThat(buffer.getString(0)).isEqualTo("hello");
            assertThat(received).hasSize(2);
            assertThat(Files.size(received.get(0))).isEqualTo(4096);
            received.forEach(Fd::close);
        }
    }

    @Test
    void sendingToAClosedPeerIsAnErrorAndNoSignal() {
        List<Fd> pair = Sockets.pair();
        try (Fd left = pair.get(0);
                Arena arena = Arena.ofConfined()) {
            pair.get(1).close();
            MemorySegment text = arena.allocateFrom("x");
            assertThat(Sockets.send(left.number(), text, List.of())).isEqualTo(-Errno.EPIPE);
            assertThat(Sockets.send(left.number(), text.address(), 1)).isEqualTo(-Errno.EPIPE);
        }
    }

    @Test
    void aListeningSocketAcceptsOverItsPath() {
        Path path = dir.resolve("s");
        try (Fd listening = Sockets.listen(path, 8)) {
            assertThat(Sockets.accept(listening.number(), true)).isEqualTo(-Errno.EAGAIN);
            try (Fd client = Sockets.connect(path, false);
                    Fd server = Fd.owning((int) Sockets.accept(listening.number(), false))) {
                assertThat(client.number()).isNotEqualTo(server.number());
                assertThat(Sockets.error(client.number())).isZero();
            }
            assertThatExceptionOfType(LinuxException.class)
                    .isThrownBy(() -> Sockets.listen(path, 8))
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EADDRINUSE));
        }
    }

    @Test
    void aBlockedSignalIsConsumedOnItsOwnThread() throws Exception {
        int signal = Signals.SIGRTMIN + 4;
        boolean[] taken = new boolean[2];
        Thread thread =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    Signals.block(signal);
                                    Signals.toThread(Signals.threadId(), signal);
                                    taken[0] = Signals.consume(signal);
                                    taken[1] = Signals.consume(signal);
                                });
        thread.join();
        assertThat(taken).containsExactly(true, false);
    }

    @Test
    void aLockIsHeldByOneOpenFileOnly() {
        Path path = dir.resolve("lock");
        try (Fd one = Files.open(path, Files.O_RDWR | Files.O_CREAT, 0600);
                Fd two = Files.open(path, Files.O_RDWR)) {
            assertThat(Files.tryLock(one)).isTrue();
            assertThat(Files.tryLock(two)).isFalse();
            one.close();
            assertThat(Files.tryLock(two)).isTrue();
        }
    }
}

package dev.jsbx.cli.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.image.agent.CommandSession;
import dev.jsbx.image.agent.ExitStatus;
import dev.jsbx.image.agent.TerminalSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class KeptTerminalTest {
    private static final TerminalSize SIZE = new TerminalSize(24, 80);

    private final FakeCommand command = new FakeCommand();
    private final KeptTerminal terminal = new KeptTerminal(command, "sh");
    private ServerSocketChannel listener;
    private Thread shower;

    @TempDir Path dir;

    @BeforeEach
    void listen() throws IOException {
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(dir.resolve("s")));
        shower = Thread.ofPlatform().daemon().start(terminal::show);
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
        command.end(0);
    }

    private RemoteTerminal enter(boolean again) throws IOException {
        assertThat(terminal.take()).isTrue();
        SocketChannel user = SocketChannel.open(UnixDomainSocketAddress.of(dir.resolve("s")));
        TerminalFrames frames = new TerminalFrames(listener.accept());
        Thread.ofPlatform().daemon().start(() -> terminal.serve(frames, again));
        return new RemoteTerminal(user, SIZE);
    }

    private static String read(RemoteTerminal from, int length) throws IOException {
        return new String(from.stdout().readNBytes(length), StandardCharsets.UTF_8);
    }

    @Test
    void whatIsTypedAndShownPassesAndTheEndIsTold() throws Exception {
        try (RemoteTerminal user = enter(false)) {
            command.show("hello");
            assertThat(read(user, 5)).isEqualTo("hello");
            user.stdin().write("typed".getBytes(StandardCharsets.UTF_8));
            user.signal(2);
            command.awaitSignal(2);
            assertThat(command.typed.toString(StandardCharsets.UTF_8)).isEqualTo("typed");
            command.show("bye");
            command.end(7);
            assertThat(user.stdout().readAllBytes()).asString().isEqualTo("bye");
            assertThat(user.waitFor().code()).isEqualTo(7);
        }
        shower.join();
        assertThat(terminal.take()).isFalse();
    }

    @Test
    void whoLeavesComesBackToWhatWasShown() throws Exception {
        RemoteTerminal first = enter(false);
        command.show("before ");
        assertThat(read(first, 7)).isEqualTo("before ");
        assertThat(terminal.take()).isFalse();
        assertThat(first.leave()).isTrue();
        while (!terminal.take()) {
            Thread.sleep(5);
        }
        command.show("meanwhile ");
        assertThat(command.hungUp.isDone()).isFalse();
        SocketChannel user = SocketChannel.open(UnixDomainSocketAddress.of(dir.resolve("s")));
        TerminalFrames frames = new TerminalFrames(listener.accept());
        Thread.ofPlatform().daemon().start(() -> terminal.serve(frames, true));
        try (RemoteTerminal second = new RemoteTerminal(user, SIZE)) {
            assertThat(read(second, 17)).isEqualTo("before meanwhile ");
            // A full screen program paints itself anew when the size changes.
            command.awaitSizes(new TerminalSize(24, 79), SIZE);
        }
    }

    @Test
    void whoseConnectionEndsHasHungUp() throws Exception {
        enter(false).close();
        command.hungUp.join();
    }

    @Test
    void aFrameThatIsNoneHangsUp() throws Exception {
        assertThat(terminal.take()).isTrue();
        SocketChannel user = SocketChannel.open(UnixDomainSocketAddress.of(dir.resolve("s")));
        TerminalFrames frames = new TerminalFrames(listener.accept());
        Thread.ofPlatform().daemon().start(() -> terminal.serve(frames, false));
        new TerminalFrames(user).write((byte) '?', new byte[0], 0, 0);
        command.hungUp.join();
        user.close();
    }

    @Test
    void onlyTheLastOfALongOutputIsKept() {
        History history = new History();
        byte[] chunk = new byte[1000];
        for (int i = 0; i < 100; i++) {
            java.util.Arrays.fill(chunk, (byte) i);
            history.add(chunk, chunk.length);
        }
        byte[] kept = history.bytes();
        assertThat(kept).hasSize(History.CAPACITY);
        assertThat(kept[0]).isEqualTo((byte) ((100_000 - History.CAPACITY) / 1000));
        assertThat(kept[kept.length - 1]).isEqualTo((byte) 99);
    }

    /** A command whose terminal is this test's to play. */
    private static final class FakeCommand implements CommandSession {
        final ByteArrayOutputStream typed = new ByteArrayOutputStream();
        final List<TerminalSize> sizes = new CopyOnWriteArrayList<>();
        final List<Integer> signals = new CopyOnWriteArrayList<>();
        final CompletableFuture<Void> hungUp = new CompletableFuture<>();
        private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
        private final PipedOutputStream out = new PipedOutputStream();
        private final PipedInputStream shown = new PipedInputStream(1 << 16);

        FakeCommand() {
            try {
                shown.connect(out);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        void show(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        void end(int code) throws IOException {
            exit.complete(new ExitStatus(ExitStatus.Kind.EXITED, code, code, ""));
            out.close();
        }

        void awaitSignal(int number) throws InterruptedException {
            while (!signals.contains(number)) {
                Thread.sleep(5);
            }
        }

        void awaitSizes(TerminalSize... inTurn) throws InterruptedException {
            while (Collections.indexOfSubList(sizes, List.of(inTurn)) < 0) {
                Thread.sleep(5);
            }
        }

        @Override
        public OutputStream stdin() {
            return typed;
        }

        @Override
        public InputStream stdout() {
            return shown;
        }

        @Override
        public InputStream stderr() {
            return InputStream.nullInputStream();
        }

        @Override
        public void resize(TerminalSize size) {
            sizes.add(size);
        }

        @Override
        public void signal(int number) {
            signals.add(number);
        }

        @Override
        public ExitStatus waitFor() {
            return exit.join();
        }

        @Override
        public boolean leave() {
            close();
            return false;
        }

        @Override
        public void close() {
            hungUp.complete(null);
        }
    }
}

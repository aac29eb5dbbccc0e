package dev.jsbx.image.agent;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A process in the guest. Its streams are independent of each other: one that nobody reads stops
 * the process once it has written {@link Protocol#WINDOW} bytes to it, and neither the other
 * streams nor {@link #signal}.
 *
 * <p>{@link #waitFor} returns when the process has ended and all of its output has arrived, so both
 * outputs must be read, or closed. Closing the session earlier hangs up on the process.
 *
 * <p>For any number of threads. One daemon thread receives.
 */
public final class Session implements CommandSession {
    private final AgentConnection connection;
    private final FrameWriter writer;
    private final StdinStream stdin;
    private final StreamBuffer stdout;
    private final StreamBuffer stderr;
    private final CompletableFuture<Integer> started = new CompletableFuture<>();
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

    Session(AgentConnection connection, FrameWriter writer) {
        this.connection = connection;
        this.writer = writer;
        this.stdin = new StdinStream(writer);
        this.stdout = new StreamBuffer(new Output(Protocol.STDOUT));
        this.stderr = new StreamBuffer(new Output(Protocol.STDERR));
        Thread.ofPlatform().daemon().name("jsbx-session").start(this::receive);
    }

    /** Standard input; closing it is end of file, or control-D on a terminal. */
    @Override
    public OutputStream stdin() {
        return stdin;
    }

    /**
     * Standard output, or all that the terminal shows. Closing it early breaks the pipe for the
     * process.
     */
    @Override
    public InputStream stdout() {
        return stdout;
    }

    /** Standard error; empty with a terminal. */
    @Override
    public InputStream stderr() {
        return stderr;
    }

    /** Tells the terminal its new size; without a terminal nothing happens. */
    @Override
    public void resize(TerminalSize size) throws IOException {
        send(Protocol.RESIZE, new Payload().u16(size.rows()).u16(size.columns()));
    }

    /**
     * Sends a signal to the process group, with a terminal to the one in the foreground.
     *
     * @param number Linux' number, 1 to 64
     */
    @Override
    public void signal(int number) throws IOException {
        send(Protocol.SIGNAL, new Payload().u32(number));
    }

    /**
     * Waits until the program runs.
     *
     * @return its process id in the guest, or empty if it could not be started; {@link #waitFor}
     *     says why
     */
    public OptionalInt awaitStart() throws IOException, InterruptedException {
        int pid = get(started);
        return pid == 0 ? OptionalInt.empty() : OptionalInt.of(pid);
    }

    /**
     * Waits for the end.
     *
     * @throws IOException if the connection to the guest broke
     */
    @Override
    public ExitStatus waitFor() throws IOException, InterruptedException {
        return get(exit);
    }

    /** Completes at the end, or with an IOException if the connection broke. */
    public CompletableFuture<ExitStatus> onExit() {
        return exit.copy();
    }

    @Override
    public boolean leave() {
        close();
        return false;
    }

    @Override
    public void close() {
        connection.close();
    }

    private static <T> T get(CompletableFuture<T> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    private void receive() {
        try {
            while (!exit.isDone()) {
                dispatch(connection.nextAfterHello());
            }
            IOException over = new IOException("the process has ended");
            stdin.fail(over);
        } catch (EOFException e) {
            fail(new AgentException("connection to the guest ended before the command did"));
        } catch (IOException | RuntimeException e) {
            fail(e instanceof IOException io ? io : new IOException(e));
        } finally {
            connection.close();
        }
    }

    private void fail(IOException reason) {
        stdout.fail(reason);
        stderr.fail(reason);
        stdin.fail(reason);
        started.completeExceptionally(reason);
        exit.completeExceptionally(reason);
    }

    private void dispatch(Frame frame) throws IOException {
        switch (frame.type()) {
            case Protocol.DATA -> {
                StreamBuffer to = output(frame);
                to.fill(frame.payload());
                to.discard();
            }
            case Protocol.EOF -> {
                if (frame.stream() == Protocol.STDIN) {
                    stdin.fail(new IOException("Broken pipe"));
                } else {
                    output(frame).end();
                }
            }
            case Protocol.CREDIT -> stdin.credit(frame.u32());
            case Protocol.STARTED -> started.complete(frame.u32());
            case Protocol.EXIT -> {
                ExitStatus status = ExitStatus.from(frame);
                stdout.end();
                stderr.end();
                started.complete(0);
                exit.complete(status);
            }
            default -> throw new AgentException("guest agent: unexpected frame " + frame.type());
        }
    }

    private StreamBuffer output(Frame frame) throws AgentException {
        return switch (frame.stream()) {
            case Protocol.STDOUT -> stdout;
            case Protocol.STDERR -> stderr;
            default -> throw new AgentException("guest agent: no stream " + frame.stream());
        };
    }

    /** Tells the agent how one of its outputs fares. */
    private final class Output implements StreamBuffer.Source {
        private final int stream;

        Output(int stream) {
            this.stream = stream;
        }

        @Override
        public void credit(int bytes) {
            ByteBuffer payload = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            tell(Protocol.CREDIT, payload.putInt(bytes).flip());
        }

        @Override
        public void refuse() {
            tell(Protocol.EOF, ByteBuffer.allocate(0));
        }

        /** A reader must not fail for what only a writer can notice; the session does. */
        private void tell(int type, ByteBuffer payload) {
            try {
                writer.send(type, stream, payload);
            } catch (IOException e) {
                if (!exit.isDone()) {
                    fail(e);
                }
            }
        }
    }

    private void send(int type, Payload payload) throws IOException {
        try {
            writer.send(type, 0, payload.buffer());
        } catch (ClosedChannelException e) {
            if (!exit.isDone()) {
                throw e;
            } // else it came too late to matter
        }
    }
}

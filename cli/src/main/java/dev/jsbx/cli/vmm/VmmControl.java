package dev.jsbx.cli.vmm;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.image.agent.ExecRequest;
import dev.jsbx.image.agent.TerminalSize;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A connection to the VMM process of a running sandbox ({@link ControlServer}). Each wait has a
 * limit: a process that does not answer is named as such.
 */
public final class VmmControl implements AutoCloseable {
    /** The socket's name in the sandbox's directory of sockets. */
    static final String SOCKET = "ctl";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Sandbox sandbox;
    private final SocketChannel channel;
    private final BufferedReader lines;

    private VmmControl(Sandbox sandbox, SocketChannel channel) {
        this.sandbox = sandbox;
        this.channel = channel;
        this.lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    }

    /**
     * Makes the way to VMM processes ready ahead of need, on a thread of its own: with the first
     * socket, the JDK readies a secure random generator for names of sockets that have none.
     */
    public static void prepare() {
        Thread.ofPlatform().name("sockets").daemon().start(VmmControl::openOne);
    }

    private static void openOne() {
        try {
            SocketChannel.open(StandardProtocolFamily.UNIX).close();
        } catch (IOException e) {
            // Who opens the next one says so.
        }
    }

    /**
     * Connects.
     *
     * @return empty if nothing listens: the process has just begun, is about to end, or is none
     */
    public static Optional<VmmControl> connect(Sandbox sandbox) {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(sandbox.socket(SOCKET)));
                return Optional.of(new VmmControl(sandbox, channel));
            } catch (IOException e) {
                channel.close();
                return Optional.empty();
            }
        } catch (IOException e) {
            throw Failure.failed("cannot open a socket: " + e.getMessage());
        }
    }

    /**
     * Makes the guest go on while this connection is open.
     *
     * @param what the command, for people
     * @return completes with the guest's end; empty if it is being stopped
     */
    public Optional<CompletableFuture<MachineEnd>> hold(String what) throws IOException {
        long pid = ProcessHandle.current().pid();
        String answer = ask("HOLD " + pid + " " + what.replace('\n', ' '));
        if (!answer.equals("OK")) {
            return Optional.empty();
        }
        CompletableFuture<MachineEnd> ended = new CompletableFuture<>();
        Thread.ofPlatform().name("vmm-reports").daemon().start(() -> listen(ended));
        return Optional.of(ended);
    }

    private void listen(CompletableFuture<MachineEnd> ended) {
        try {
            String line = lines.readLine();
            Report report = line == null ? null : Report.parse(line);
            if (report != null && report.what() == Report.What.END) {
                ended.complete(report.machineEnd());
                return;
            }
        } catch (IOException e) {
            // As if it had ended without a word.
        }
        ended.completeExceptionally(
                Failure.own(
                        "the VMM process of " + sandbox.name() + " was killed: start it again"));
    }

    /** Lets the guest go on when nobody uses it. */
    public void keep() throws IOException {
        request("KEEP");
    }

    /**
     * Powers the guest off.
     *
     * @return how it ended
     */
    public MachineEnd stop() throws IOException {
        return Report.parse(ask("STOP")).machineEnd();
    }

    /**
     * Powers the guest off unless somebody else uses it.
     *
     * @return empty if somebody does
     */
    public Optional<MachineEnd> stopUnused() throws IOException {
        String answer = ask("STOP-UNUSED " + ProcessHandle.current().pid());
        return answer.equals("OK")
                ? Optional.empty()
                : Optional.of(Report.parse(answer).machineEnd());
    }

    /**
     * Runs a command in the guest with nobody attached; what it says goes into a log.
     *
     * @throws Failure if it cannot be started
     */
    public void run(ExecRequest command) throws IOException {
        request("RUN " + CommandJson.write(command));
    }

    /**
     * Runs a command with a terminal that outlives its user. The connection is the terminal's then.
     *
     * @param size of the user's terminal
     * @throws Failure if it cannot be asked for
     */
    public RemoteTerminal terminal(ExecRequest command, TerminalSize size) throws IOException {
        request("TERMINAL " + CommandJson.write(command));
        return new RemoteTerminal(channel, size);
    }

    /**
     * Comes back to a terminal that was left.
     *
     * @param command only of this very command; null for the one that was started last
     * @return empty if there is none; this connection goes on as it was
     */
    public Optional<RemoteTerminal> resume(ExecRequest command, TerminalSize size)
            throws IOException {
        String only = command == null ? "" : " " + CommandJson.write(command);
        return ask("RESUME" + only).equals("OK")
                ? Optional.of(new RemoteTerminal(channel, size))
                : Optional.empty();
    }

    /** Lets this process look into the guest's memory where that is the VMM process's own. */
    public void inspect() throws IOException {
        request("INSPECT " + ProcessHandle.current().pid());
    }

    /** What the process says of itself, as JSON. */
    public String status() throws IOException {
        return request("STATUS");
    }

    /**
     * Asks for something.
     *
     * @param line one line
     * @return what the answer says after OK
     * @throws Failure with the reason, if it was refused
     * @throws IOException if the process has ended
     */
    public String request(String line) throws IOException {
        String answer = ask(line);
        if (answer.startsWith("FAILED ")) {
            throw Failure.failed(sandbox.name() + ": " + answer.substring("FAILED ".length()));
        }
        return answer.substring(Math.min(answer.length(), "OK ".length()));
    }

    private String ask(String line) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread.ofPlatform().name("vmm-answer").daemon().start(() -> read(answer));
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new IOException(
                    "the VMM process of "
                            + sandbox.name()
                            + " did not answer "
                            + line.split(" ")[0]
                            + " within "
                            + PATIENCE.toSeconds()
                            + " s");
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void read(CompletableFuture<String> answer) {
        try {
            String line = lines.readLine();
            if (line == null) {
                throw new IOException("the VMM process of " + sandbox.name() + " has ended");
            }
            answer.complete(line);
        } catch (IOException e) {
            answer.completeExceptionally(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The process notices on its own.
        }
    }
}

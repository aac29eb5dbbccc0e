package dev.jsbx.cli.vmm;

import dev.jsbx.cli.engine.MachineEnd;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * A VMM process's own socket, for the user's other commands. One line asks, one line answers:
 *
 * <pre>
 *   HOLD pid what       OK | FAILED reason     the guest goes on while the connection is open,
 *                                              and END says when it has ended all the same
 *   KEEP                OK                     it goes on without anybody
 *   STOP                END how                after it was powered off
 *   STOP-UNUSED pid     END how | OK           only if nobody but that process uses it
 *   TERMINAL json       OK | FAILED reason     runs a command; the connection is then its terminal
 *                                              ({@link TerminalFrames})
 *   RESUME [json]       OK | FAILED reason     the same, with one that somebody left
 *   STATUS              STATUS json
 * </pre>
 *
 * <p>and what else was {@linkplain #add added}. The socket lies in a directory that only the
 * sandbox's user may enter.
 */
final class ControlServer implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 256;
    private static final int MAX_LINE = 1 << 20;

    /** Answers a request; what it throws is the reason for a refusal. */
    interface Verb {
        /**
         * @param argument the rest of the request's line
         * @return the rest of the answer's, after OK
         */
        String answer(String argument) throws Exception;
    }

    private final ServerSocketChannel listener;
    private final Sessions sessions;
    private final CompletableFuture<MachineEnd> ended;
    private final KeptTerminals terminals;
    private final Map<String, Verb> verbs;
    private final Semaphore room = new Semaphore(MAX_CONNECTIONS);

    private ControlServer(
            ServerSocketChannel listener,
            Sessions sessions,
            CompletableFuture<MachineEnd> ended,
            KeptTerminals terminals,
            Map<String, Verb> verbs) {
        this.listener = listener;
        this.sessions = sessions;
        this.ended = ended;
        this.terminals = terminals;
        this.verbs = Map.copyOf(verbs);
    }

    /**
     * Listens.
     *
     * @param ended how the guest ended, told to whoever waits for it
     * @param terminals of commands in the guest
     * @param verbs other requests, by their first words
     */
    static ControlServer listen(
            Path socket,
            Sessions sessions,
            CompletableFuture<MachineEnd> ended,
            KeptTerminals terminals,
            Map<String, Verb> verbs)
            throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket), MAX_CONNECTIONS);
        ControlServer server = new ControlServer(listener, sessions, ended, terminals, verbs);
        Thread.ofPlatform().name("control").daemon().start(server::accept);
        return server;
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel channel = listener.accept();
                room.acquireUninterruptibly();
                Thread.ofPlatform().name("control").daemon().start(() -> serve(channel));
            } catch (IOException e) {
                // Closed, or out of descriptors for a moment.
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel;
                BufferedReader lines =
                        new BufferedReader(
                                Channels.newReader(channel, StandardCharsets.UTF_8), 256)) {
            for (String line = readLine(lines); line != null; line = readLine(lines)) {
                int space = line.indexOf(' ');
                String verb = space < 0 ? line : line.substring(0, space);
                handle(verb, space < 0 ? "" : line.substring(space + 1), channel, lines);
            }
        } catch (IOException e) {
            // Its command has gone.
        } finally {
            room.release();
        }
    }

    private static String readLine(BufferedReader lines) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = lines.read(); c >= 0; c = lines.read()) {
            if (c == '\n') {
                return line.toString();
            }
            line.append((char) c);
            if (line.length() > MAX_LINE) {
                throw new IOException("a request of more than " + MAX_LINE + " characters");
            }
        }
        return null;
    }

    private void handle(String verb, String argument, SocketChannel channel, BufferedReader lines)
            throws IOException {
        switch (verb) {
            case "HOLD" -> hold(argument, channel, lines);
            case "KEEP" -> {
                sessions.keep();
                say(channel, "OK");
            }
            case "STOP" -> {
                sayEndOnceThere(channel);
                sessions.end();
                waitForEnd(lines);
            }
            case "STOP-UNUSED" -> {
                if (sessions.endUnlessUsedByOthers(Long.parseLong(argument))) {
                    sayEndOnceThere(channel);
                    waitForEnd(lines);
                } else {
                    say(channel, "OK");
                }
            }
            case "TERMINAL" -> terminal(() -> terminals.start(argument), channel, false);
            case "RESUME" -> terminal(() -> terminals.resume(argument), channel, true);
            default -> say(channel, answer(verb, argument));
        }
    }

    private void hold(String argument, SocketChannel channel, BufferedReader lines)
            throws IOException {
        int space = argument.indexOf(' ');
        long pid = Long.parseLong(argument.substring(0, space));
        try (Sessions.Held held = sessions.hold(argument.substring(space + 1), pid)) {
            if (held == null) {
                say(channel, "FAILED it is being stopped");
                return;
            }
            say(channel, "OK");
            sayEndOnceThere(channel);
            waitForEnd(lines);
        }
    }

    // What comes after the answer is no line any more, and nothing comes before it.
    private static void terminal(
            Callable<KeptTerminal> finding, SocketChannel channel, boolean again)
            throws IOException {
        KeptTerminal terminal;
        try {
            terminal = finding.call();
        } catch (Exception e) {
            say(channel, refusal(e));
            return;
        }
        say(channel, "OK");
        terminal.serve(new TerminalFrames(channel), again);
        channel.close();
    }

    private static void waitForEnd(BufferedReader lines) throws IOException {
        while (readLine(lines) != null) {
            // Only the end counts.
        }
    }

    // On the thread that completes it, so that all is said before the process ends.
    private void sayEndOnceThere(SocketChannel channel) {
        ended.whenComplete(
                (end, failure) -> {
                    Report report =
                            failure == null ? Report.end(end) : Report.failed(failure.getMessage());
                    try {
                        say(channel, report.line());
                    } catch (IOException e) {
                        // It has gone.
                    }
                });
    }

    private String answer(String verb, String argument) {
        Verb known = verbs.get(verb);
        if (known == null) {
            return "FAILED this VMM process does not know " + verb + ": it is of another version";
        }
        try {
            return ("OK " + known.answer(argument)).strip();
        } catch (Exception e) {
            return refusal(e);
        }
    }

    private static String refusal(Exception e) {
        String reason = e.getMessage() == null ? e.toString() : e.getMessage();
        return "FAILED " + reason.replace('\n', ' ');
    }

    private static void say(SocketChannel channel, String line) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
        synchronized (channel) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            // Nobody connects any more.
        }
    }
}

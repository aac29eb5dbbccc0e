package dev.jsbx.cli.vmm;

import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.image.agent.ExecRequest;
import dev.jsbx.image.agent.Session;
import dev.jsbx.image.agent.TerminalSize;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The commands with terminals of a sandbox, each for as long as it runs. */
final class KeptTerminals {
    private final Sandbox sandbox;
    private final Sessions sessions;
    private final CompletableFuture<MachineEnd> ended;
    private final List<KeptTerminal> all = new ArrayList<>();

    KeptTerminals(Sandbox sandbox, Sessions sessions, CompletableFuture<MachineEnd> ended) {
        this.sandbox = sandbox;
        this.sessions = sessions;
        this.ended = ended;
    }

    /**
     * Starts a command; the guest goes on while it runs.
     *
     * @param json the command
     * @return it, taken for the caller's user
     * @throws IOException if it cannot be asked for, with the reason
     */
    KeptTerminal start(String json) throws IOException, InterruptedException {
        ExecRequest request = CommandJson.read(json);
        String what = String.join(" ", request.argv());
        Sessions.Held held = sessions.holdForCommand(what);
        try {
            // Its true size comes before anything is typed.
            ExecRequest wanted = request.withTerminal(new TerminalSize(24, 80));
            Session session = GuestAgent.connect(sandbox, ended).exec(wanted);
            KeptTerminal terminal = new KeptTerminal(session, what);
            terminal.take();
            add(terminal);
            Thread.ofPlatform().name("terminal").daemon().start(() -> keep(terminal, held));
            return terminal;
        } catch (IOException | InterruptedException | RuntimeException e) {
            held.close();
            throw e;
        }
    }

    private void keep(KeptTerminal terminal, Sessions.Held held) {
        terminal.show();
        synchronized (this) {
            all.remove(terminal);
        }
        held.close();
    }

    private synchronized void add(KeptTerminal terminal) {
        all.add(terminal);
    }

    /**
     * Takes a command that somebody left, the one that was started last.
     *
     * @param json only the very same; empty for any
     * @throws IOException if there is none
     */
    synchronized KeptTerminal resume(String json) throws IOException {
        String what = json.isEmpty() ? null : String.join(" ", CommandJson.read(json).argv());
        for (KeptTerminal terminal : all.reversed()) {
            if ((what == null || what.equals(terminal.what())) && terminal.take()) {
                return terminal;
            }
        }
        throw new IOException("nobody has left a terminal");
    }
}

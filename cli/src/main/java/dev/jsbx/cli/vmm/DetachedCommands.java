package dev.jsbx.cli.vmm;

import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.image.agent.AgentConnection;
import dev.jsbx.image.agent.ExecRequest;
import dev.jsbx.image.agent.ExitStatus;
import dev.jsbx.image.agent.Session;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/** Commands that run in the guest with nobody attached: what they say goes into a log. */
final class DetachedCommands {
    private final Sandbox sandbox;
    private final Sessions sessions;
    private final CompletableFuture<MachineEnd> ended;
    private final OutputLog log;

    DetachedCommands(Sandbox sandbox, Sessions sessions, CompletableFuture<MachineEnd> ended) {
        this.ended = ended;
        this.sandbox = sandbox;
        this.sessions = sessions;
        this.log = new OutputLog(sandbox.outputLog());
    }

    /**
     * Starts one; the guest goes on while it runs.
     *
     * @param json the command
     * @return its process id in the guest
     * @throws IOException if it cannot be started, with the reason
     */
    String start(String json) throws IOException, InterruptedException {
        ExecRequest request = CommandJson.read(json);
        String what = String.join(" ", request.argv());
        Sessions.Held held = sessions.holdForCommand(what);
        try {
            AgentConnection agent = GuestAgent.connect(sandbox, ended);
            Session session = agent.exec(request);
            session.stdin().close();
            Thread.ofPlatform().daemon().start(() -> copy(session.stdout()));
            Thread.ofPlatform().daemon().start(() -> copy(session.stderr()));
            var pid = session.awaitStart();
            if (pid.isEmpty()) {
                throw new IOException(
                        request.argv().getFirst()
                                + " cannot run in the guest: "
                                + session.waitFor().message());
            }
            session.onExit().whenComplete((status, failure) -> ended(held, what, status));
            return String.valueOf(pid.getAsInt());
        } catch (IOException | InterruptedException | RuntimeException e) {
            held.close();
            throw e;
        }
    }

    private static void ended(Sessions.Held held, String what, ExitStatus status) {
        System.err.println(
                "jsbx: "
                        + what
                        + (status == null ? " was cut off" : " ended with " + status.code()));
        held.close();
    }

    private void copy(InputStream from) {
        byte[] buffer = new byte[8 << 10];
        try (from) {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                log.write(buffer, n);
            }
        } catch (IOException e) {
            // The guest has ended.
        }
    }
}

package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.vmm.GuestAgent;
import dev.jsbx.cli.vmm.VmmControl;
import dev.jsbx.image.agent.AgentConnection;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A guest that another process has started. */
final class JoinedGuest implements Guest {
    private final Sandbox sandbox;
    private final VmmControl control;
    private final CompletableFuture<MachineEnd> ended;

    private JoinedGuest(Sandbox sandbox, VmmControl control, CompletableFuture<MachineEnd> ended) {
        this.sandbox = sandbox;
        this.control = control;
        this.ended = ended;
    }

    /**
     * Joins it.
     *
     * @param what this command, for people
     * @return empty if there is nothing to join yet, or it is being stopped
     */
    static Optional<Guest> join(Sandbox sandbox, String what) {
        VmmControl control = VmmControl.connect(sandbox).orElse(null);
        if (control == null) {
            return Optional.empty();
        }
        try {
            Optional<CompletableFuture<MachineEnd>> ended = control.hold(what);
            if (ended.isPresent()) {
                return Optional.of(new JoinedGuest(sandbox, control, ended.get()));
            }
        } catch (IOException e) {
            // It has ended while it was asked.
        }
        control.close();
        return Optional.empty();
    }

    @Override
    public Sandbox sandbox() {
        return sandbox;
    }

    @Override
    public SandboxConfig config() {
        return SandboxStore.config(sandbox);
    }

    @Override
    public AgentConnection connect() throws InterruptedException {
        return GuestAgent.connect(sandbox, ended);
    }

    @Override
    public CompletableFuture<MachineEnd> ended() {
        return ended;
    }

    @Override
    public Optional<MachineEnd> stopUnused() throws InterruptedException {
        Optional<MachineEnd> end = stopUnused(sandbox);
        if (end.isPresent()) {
            Guests.awaitFree(sandbox);
        }
        return end;
    }

    static Optional<MachineEnd> stopUnused(Sandbox sandbox) {
        try (VmmControl control = VmmControl.connect(sandbox).orElse(null)) {
            return control == null ? Optional.empty() : control.stopUnused();
        } catch (IOException e) {
            throw Failure.own("cannot stop " + sandbox.name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        control.close();
    }
}

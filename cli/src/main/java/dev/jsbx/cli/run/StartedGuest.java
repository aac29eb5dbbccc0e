package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxPorts;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.sandbox.SocketDirectory;
import dev.jsbx.cli.vmm.GuestAgent;
import dev.jsbx.cli.vmm.VmmHandle;
import dev.jsbx.image.agent.AgentConnection;
import dev.jsbx.vmm.linux.FileLock;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * A guest that this process has started. The guest's first call, by which it says that it is up, is
 * its first connection.
 */
final class StartedGuest implements Guest {
    private final Sandbox sandbox;
    private final SandboxConfig config;
    private final FileLock setup;
    private final Doorbell doorbell;
    private final VmmHandle vmm;
    private boolean called;

    private StartedGuest(
            Sandbox sandbox,
            SandboxConfig config,
            FileLock setup,
            Doorbell doorbell,
            VmmHandle vmm) {
        this.sandbox = sandbox;
        this.config = config;
        this.setup = setup;
        this.doorbell = doorbell;
        this.vmm = vmm;
    }

    /**
     * Starts a VMM process.
     *
     * @param created taken over: others may use the sandbox once the guest has called
     * @param config what it was created as
     * @param console whether the guest's kernel tells its console all it does
     * @param marks told of points of start-up: name, {@link System#nanoTime}
     */
    static StartedGuest start(
            SandboxStore.Created created,
            SandboxConfig config,
            boolean console,
            BiConsumer<String, Long> marks)
            throws IOException {
        Sandbox sandbox = created.sandbox();
        Doorbell doorbell = null;
        try {
            SocketDirectory.make(sandbox);
            new SandboxPorts(sandbox).forget();
            doorbell = new Doorbell(sandbox);
            VmmHandle vmm = VmmHandle.start(sandbox, console, marks);
            return new StartedGuest(sandbox, config, created.setup(), doorbell, vmm);
        } catch (IOException | RuntimeException e) {
            if (doorbell != null) {
                doorbell.close();
            }
            created.setup().close();
            throw e;
        }
    }

    @Override
    public Sandbox sandbox() {
        return sandbox;
    }

    @Override
    public SandboxConfig config() {
        return config;
    }

    @Override
    public AgentConnection connect() throws InterruptedException {
        if (called) {
            return GuestAgent.connect(sandbox, vmm.ended());
        }
        AgentConnection agent = new AgentConnection(firstCall());
        called = true;
        doorbell.close();
        setup.close();
        return agent;
    }

    // That a kernel does not start may have its reason in the file: that is worth more to a user
    // than what an engine says of it.
    private SocketChannel firstCall() throws InterruptedException {
        try {
            return doorbell.await(vmm.ended());
        } catch (Failure e) {
            ImageAtHand.requireIntact(config.image());
            throw e;
        }
    }

    @Override
    public CompletableFuture<MachineEnd> ended() {
        return vmm.ended();
    }

    @Override
    public Optional<MachineEnd> stopUnused() throws InterruptedException {
        Optional<MachineEnd> end = JoinedGuest.stopUnused(sandbox);
        if (end.isPresent()) {
            vmm.await();
        }
        return end;
    }

    @Override
    public void close() {
        vmm.release();
        doorbell.close();
        setup.close();
    }
}

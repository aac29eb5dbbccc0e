package dev.jsbx.cli.vmm;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.image.agent.AgentConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The way to the agent of a guest that may still be on its way up. */
public final class GuestAgent {
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final Duration RETRY = Duration.ofMillis(50);

    private GuestAgent() {}

    /**
     * Connects, as soon as the agent listens.
     *
     * @param ended the guest's end, with which the wait is over
     * @throws Failure if it ended, or does not answer within three minutes
     */
    public static AgentConnection connect(Sandbox sandbox, CompletableFuture<MachineEnd> ended)
            throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return AgentConnection.connect(sandbox.socket("vsock"));
            } catch (IOException e) {
                if (ended.isDone()) {
                    throw gone(ended, e);
                }
                if (System.nanoTime() > deadline) {
                    throw Failure.own(
                            "the agent of "
                                    + sandbox.name()
                                    + " did not answer within "
                                    + PATIENCE.toSeconds()
                                    + " s: see jsbx logs --console "
                                    + sandbox.name());
                }
            }
            Thread.sleep(RETRY);
        }
    }

    private static Failure gone(CompletableFuture<MachineEnd> ended, IOException e)
            throws InterruptedException {
        try {
            return Failure.own("the guest is gone: " + ended.get().detail());
        } catch (ExecutionException failed) {
            return failed.getCause() instanceof Failure failure
                    ? failure
                    : Failure.own("the guest is gone: " + e.getMessage());
        }
    }
}

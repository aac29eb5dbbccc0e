package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.vmm.VmmControl;
import dev.jsbx.image.agent.AgentConnection;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A guest that runs, and goes on at least until this is closed. */
public sealed interface Guest extends AutoCloseable permits StartedGuest, JoinedGuest {
    /** How long the VMM process may take to say how its guest ended. */
    long LAST_WORDS_MILLIS = 3000;

    Sandbox sandbox();

    /** What the sandbox was created as; a guest that ends may take the file along. */
    SandboxConfig config();

    /**
     * A connection to its agent, for one session; waits while the guest boots.
     *
     * @throws Failure if the guest ended instead
     */
    AgentConnection connect() throws InterruptedException;

    /**
     * Waits until it is set up.
     *
     * @throws Failure if it cannot be
     */
    default void awaitReady() throws InterruptedException {
        try (AgentConnection agent = connect()) {
            agent.hello();
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /**
     * Has it go on when nobody uses it, until it is stopped.
     *
     * @throws Failure if it ended instead
     */
    default void keep() throws InterruptedException {
        try (VmmControl control = VmmControl.connect(sandbox()).orElseThrow()) {
            control.keep();
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /** How it ended; fails with a {@link Failure} if it did not start or was lost. */
    CompletableFuture<MachineEnd> ended();

    /**
     * Powers it off and waits until all is free, unless others use it.
     *
     * @return empty if they do
     */
    Optional<MachineEnd> stopUnused() throws InterruptedException;

    /** Lets go. */
    @Override
    void close();

    /**
     * Why a connection to it broke: most likely because it has ended, and the VMM process says how.
     *
     * @throws Failure if its image is damaged, which is then the reason
     */
    default Failure lost(IOException broken) throws InterruptedException {
        try {
            MachineEnd end = ended().get(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
            ImageAtHand.requireIntact(config().image());
            return Failure.own(end.detail() + " before the command had ended");
        } catch (TimeoutException e) {
            return Failure.own(broken.getMessage() + ": start the command again", broken);
        } catch (ExecutionException e) {
            return e.getCause() instanceof Failure failure
                    ? failure
                    : Failure.own(broken.getMessage(), e);
        }
    }
}

package dev.jsbx.cli.vmm;

import dev.jsbx.cli.engine.Machine;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.image.agent.AgentConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Powers a guest off as its own kernel would: processes are asked to end, disks are written out.
 * What does not react is ended by the caller's {@link Machine#close}.
 */
final class OrderlyStop implements Runnable {
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration POWER_OFF = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofMillis(250);

    private final Sandbox sandbox;
    private final Machine machine;

    OrderlyStop(Sandbox sandbox, Machine machine) {
        this.sandbox = sandbox;
        this.machine = machine;
    }

    @Override
    public void run() {
        try {
            Thread.ofPlatform().name("power-off").daemon().start(this::ask);
            machine.ended().get(GRACE.plus(POWER_OFF).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            System.err.println("jsbx: the guest did not power off: ending it");
        } catch (ExecutionException | InterruptedException e) {
            System.err.println("jsbx: powering the guest off: " + e);
        }
    }

    // Again and again: the guest may be booting still.
    private void ask() {
        while (!machine.ended().isDone()) {
            try (AgentConnection agent = AgentConnection.connect(sandbox.socket("vsock"))) {
                agent.powerOff(GRACE);
                return;
            } catch (IOException e) {
                System.err.println("jsbx: powering the guest off: " + e.getMessage());
            }
            LockSupport.parkNanos(RETRY.toNanos());
        }
    }
}

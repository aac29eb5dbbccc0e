package dev.jsbx.cli.vmm;

import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.image.agent.AgentConnection;
import dev.jsbx.virtio.fs.Sleepers;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Asks the guest's agent which threads sleep on in spite of a signal. */
record GuestSleepers(Sandbox sandbox) implements Sleepers {
    @Override
    public Set<Integer> interrupted(Collection<Integer> threads) throws IOException {
        Set<Integer> interrupted = new HashSet<>();
        try (AgentConnection agent = AgentConnection.connect(sandbox.socket("vsock"))) {
            for (int thread : threads) {
                if (agent.sleepsThroughSignal(thread)) {
                    interrupted.add(thread);
                }
            }
        }
        return interrupted;
    }
}

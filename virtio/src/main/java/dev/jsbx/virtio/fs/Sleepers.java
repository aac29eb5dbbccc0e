package dev.jsbx.virtio.fs;

import java.io.IOException;
import java.util.Collection;
import java.util.Set;

/**
 * Somebody in the guest who can tell which threads got a signal while they wait for a reply. FUSE
 * has INTERRUPT for that, which Linux's virtio-fs does not send.
 */
@FunctionalInterface
public interface Sleepers {
    /**
     * Asks, and waits for the answer; the thread that asks is interrupted when it no longer
     * matters.
     *
     * @param threads by the ids of the guest's first PID namespace
     * @return those of them that should no longer wait
     * @throws IOException if there is no answer now; later there may be one
     */
    Set<Integer> interrupted(Collection<Integer> threads) throws IOException;
}

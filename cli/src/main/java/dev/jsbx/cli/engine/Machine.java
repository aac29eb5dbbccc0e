package dev.jsbx.cli.engine;

import java.util.concurrent.CompletableFuture;

/** A guest that runs. Any thread may call. */
public interface Machine extends AutoCloseable {
    /** How the guest ended; completed when it has, by itself or by {@link #close}. */
    CompletableFuture<MachineEnd> ended();

    /**
     * Ends the guest at once, as if by pulling the plug, and gives back what it held. May be called
     * again.
     */
    @Override
    void close();
}

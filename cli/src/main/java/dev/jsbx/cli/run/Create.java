package dev.jsbx.cli.run;

import dev.jsbx.cli.engine.EngineChoice;
import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.vmm.linux.FileLock;

/** One {@code jsbx create}: everything that a first start would need, but the start. */
public final class Create {
    private Create() {}

    /**
     * Makes the sandbox.
     *
     * @throws dev.jsbx.cli.Failure if the name is taken, or something of it cannot be made
     */
    public static void call(CreateOptions options, boolean quiet) throws InterruptedException {
        EngineChoice engine = EngineChoice.of(options.engine(), Directories.cache());
        if (!engine.why().isEmpty() && !quiet) {
            System.err.println("jsbx: " + engine.why());
        }
        ImageAtHand.find(options.image(), quiet);
        SandboxStore.Created created = options.in(SandboxStore.open(), engine.engine(), quiet);
        try (FileLock setup = created.setup()) {
            SandboxStore.open().sweep();
        }
    }
}

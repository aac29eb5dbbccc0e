package dev.jsbx.cli.net;

import dev.jsbx.cli.sandbox.PublishedPort;
import dev.jsbx.cli.sandbox.SandboxPorts;
import java.io.IOException;
import java.util.List;

/** Writes down which ports are published. */
@FunctionalInterface
interface PortKeeper {
    /** Nothing is kept. */
    PortKeeper NONE = (wanted, found) -> {};

    /**
     * The ports have changed.
     *
     * @param wanted with port 0 where any would do
     * @param found with the ports that they are
     * @throws IOException if it cannot be written; then all is as before
     */
    void changed(List<PublishedPort> wanted, List<PublishedPort> found) throws IOException;

    /** In a sandbox's files. */
    static PortKeeper in(SandboxPorts files) {
        return (wanted, found) -> {
            files.keep(wanted);
            files.note(found);
        };
    }
}

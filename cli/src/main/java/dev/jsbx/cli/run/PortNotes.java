package dev.jsbx.cli.run;

import dev.jsbx.cli.sandbox.PublishedPort;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxPorts;
import dev.jsbx.cli.sandbox.SandboxStore;
import java.io.IOException;
import java.util.List;

/** What {@code run -p} does besides having the VMM process publish. */
final class PortNotes {
    private PortNotes() {}

    /** Adds ports to those of a sandbox that exists; one that it has already is no news. */
    static void add(Sandbox sandbox, List<PublishedPort> ports) throws IOException {
        if (ports.isEmpty()) {
            return;
        }
        List<PublishedPort> there = SandboxStore.config(sandbox).ports();
        try (SandboxPortsWork work = SandboxPortsWork.of(sandbox)) {
            for (PublishedPort port : ports) {
                if (!there.contains(port)) {
                    work.publish(port);
                }
            }
        }
    }

    /** Says which port of the host it is where any would do. */
    static void print(Sandbox sandbox, List<PublishedPort> wanted) {
        if (wanted.stream().allMatch(port -> port.hostPort() != 0)) {
            return;
        }
        for (PublishedPort port : new SandboxPorts(sandbox).listening()) {
            if (wanted.contains(port.at(0))) {
                System.err.println("jsbx: published " + port.text());
            }
        }
    }
}

package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.PublishedPort;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxPorts;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.vmm.VmmControl;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@code run -p} does besides having the VMM process publish. */
final class PortNotes {
    private PortNotes() {}

    /** Adds ports to those of a sandbox that exists; one that it has already is no news. */
    static void add(Sandbox sandbox, List<PublishedPort> ports) throws IOException {
        if (ports.isEmpty()) {
            return;
        }
        Optional<VmmControl> running = VmmControl.connect(sandbox);
        if (running.isPresent()) {
            try (VmmControl vmm = running.get()) {
                publish(vmm, sandbox, ports);
            }
            return;
        }
        List<PublishedPort> all = new ArrayList<>(SandboxStore.config(sandbox).ports());
        ports.stream().filter(port -> !all.contains(port)).forEach(all::add);
        try {
            new SandboxPorts(sandbox).keep(all);
        } catch (IOException e) {
            throw Failure.own(
                    "the ports of " + sandbox.name() + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static void publish(VmmControl vmm, Sandbox sandbox, List<PublishedPort> ports)
            throws IOException {
        List<PublishedPort> there = SandboxStore.config(sandbox).ports();
        for (PublishedPort port : ports) {
            if (!there.contains(port)) {
                vmm.request("PUBLISH " + port.spec());
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

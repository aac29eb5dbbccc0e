package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.PortSpec;
import dev.jsbx.cli.sandbox.PublishedPort;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxPorts;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.vmm.VmmControl;
import dev.jsbx.vmm.linux.FileLock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The ports of a sandbox as commands change them: those of one that runs by its VMM process, those
 * of one that does not by what is written of it, which counts when it starts.
 */
public final class SandboxPortsWork implements AutoCloseable {
    private final Sandbox sandbox;
    private final VmmControl vmm; // or null if it does not run
    private final FileLock setup; // then held, so that it does not start meanwhile

    private SandboxPortsWork(Sandbox sandbox, VmmControl vmm, FileLock setup) {
        this.sandbox = sandbox;
        this.vmm = vmm;
        this.setup = setup;
    }

    /**
     * @throws Failure if another command starts or stops it just now
     */
    public static SandboxPortsWork of(Sandbox sandbox) {
        VmmControl running = VmmControl.connect(sandbox).orElse(null);
        FileLock setup = running != null ? null : sandbox.trySetUp().orElse(null);
        if (running == null && (setup == null || sandbox.isRunning())) {
            if (setup != null) {
                setup.close();
            }
            throw Failure.failed(
                    "the sandbox "
                            + sandbox.name()
                            + " is just being started or stopped: try again");
        }
        return new SandboxPortsWork(sandbox, running, setup);
    }

    /**
     * Publishes a port.
     *
     * @return where it is; at port 0 if that turns out when the sandbox starts
     * @throws Failure if it is taken; then nothing has changed
     */
    public PublishedPort publish(PublishedPort port) throws IOException {
        if (vmm != null) {
            return PortSpec.parse(vmm.request("PUBLISH " + port.spec())).toPublish();
        }
        List<PublishedPort> ports = new ArrayList<>(kept());
        for (PublishedPort other : ports) {
            if (port.hostPort() != 0 && other.hostText().equals(port.hostText())) {
                throw Failure.failed(
                        "port "
                                + port.hostText()
                                + " is already published: unpublish it first, or choose another");
            }
        }
        ports.add(port);
        new SandboxPorts(sandbox).keep(ports);
        return port;
    }

    /**
     * Takes ports back.
     *
     * @return which they were
     * @throws Failure if there are none
     */
    public List<PublishedPort> unpublish(PortSpec spec) throws IOException {
        if (vmm != null) {
            String specs = vmm.request("UNPUBLISH " + spec.text());
            return Arrays.stream(specs.split(" ")).map(s -> PortSpec.parse(s).toPublish()).toList();
        }
        List<PublishedPort> gone = kept().stream().filter(spec::matches).toList();
        if (gone.isEmpty()) {
            throw Failure.failed(
                    spec.text() + " is not published: see jsbx ports " + sandbox.name());
        }
        List<PublishedPort> left = new ArrayList<>(kept());
        left.removeAll(gone);
        new SandboxPorts(sandbox).keep(left);
        return gone;
    }

    /** Where the host listens, or is to when the sandbox starts. */
    public List<PublishedPort> list() {
        return vmm != null ? new SandboxPorts(sandbox).listening() : kept();
    }

    private List<PublishedPort> kept() {
        return SandboxStore.config(sandbox).ports();
    }

    @Override
    public void close() {
        if (vmm != null) {
            vmm.close();
        } else {
            setup.close();
        }
    }
}

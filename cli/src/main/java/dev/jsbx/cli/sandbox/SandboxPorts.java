package dev.jsbx.cli.sandbox;

import dev.jsbx.cli.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is written of a sandbox's ports: in {@code sandbox.json} what is to be published whenever it
 * runs, in a file of its own at which ports it listens now. Files change as a whole.
 */
public final class SandboxPorts {
    private final Sandbox sandbox;

    public SandboxPorts(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /**
     * Keeps ports for every start to come; others call nothing of the file meanwhile.
     *
     * @throws IOException if it cannot be written; then all is as before
     */
    public void keep(List<PublishedPort> ports) throws IOException {
        SandboxConfig config = SandboxStore.config(sandbox);
        if (!config.ports().equals(ports)) {
            WholeFile.write(sandbox.configFile(), SandboxJson.write(config.withPorts(ports)));
        }
    }

    /**
     * Notes where the VMM process listens, for {@link #listening}.
     *
     * @throws IOException if it cannot be written; then all is as before
     */
    public void note(List<PublishedPort> ports) throws IOException {
        String lines = ports.stream().map(port -> port.spec() + "\n").collect(Collectors.joining());
        WholeFile.write(sandbox.portsFile(), lines);
    }

    /** Nothing is known of where it listens: before a VMM process starts. */
    public void forget() throws IOException {
        Files.deleteIfExists(sandbox.portsFile());
    }

    /** Where it listens; empty if it does not run, or listens nowhere, or not yet. */
    public List<PublishedPort> listening() {
        if (!sandbox.isRunning()) {
            return List.of();
        }
        try {
            return Files.readAllLines(sandbox.portsFile()).stream()
                    .map(line -> PortSpec.parse(line).toPublish())
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | Failure e) {
            throw Failure.failed(
                    "the ports of " + sandbox.name() + " cannot be read: " + e.getMessage());
        }
    }
}

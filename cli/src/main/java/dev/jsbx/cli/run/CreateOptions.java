package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.agent.Agent;
import dev.jsbx.cli.sandbox.Layer;
import dev.jsbx.cli.sandbox.NetworkMode;
import dev.jsbx.cli.sandbox.PublishedPort;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxName;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.sandbox.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a new sandbox is to be.
 *
 * @param name or null for a random one
 * @param ephemeral whether it goes with its command
 * @param cpus 1 to 8
 * @param memory in bytes
 * @param image its name
 * @param engine {@code auto}, {@code kvm} or {@code qemu}
 * @param network what the guest's network is
 * @param branch to work on in a clone; null to work in the workspace itself
 * @param unguarded whether the guest may change what the host's git takes commands from
 * @param workspaces the first is where commands start
 * @param agent the agent that it is for; empty for any command
 * @param ports of the host behind which the guest answers
 * @param dax how much of each shared directory's files the guest may map, in bytes
 * @param idle how long it goes on without a session; negative for ever
 */
public record CreateOptions(
        String name,
        boolean ephemeral,
        int cpus,
        long memory,
        String image,
        String engine,
        NetworkMode network,
        String branch,
        boolean unguarded,
        List<Workspace> workspaces,
        String agent,
        List<PublishedPort> ports,
        long dax,
        Duration idle) {

    /**
     * Makes it.
     *
     * @param engine the one chosen
     * @throws dev.jsbx.cli.Failure if the name is taken or the branch cannot be made
     */
    SandboxStore.Created in(SandboxStore store, String engine, boolean quiet)
            throws InterruptedException {
        List<Layer> layers = AgentWork.layers(this, quiet);
        SandboxStore.Created created = store.create(config(engine, store));
        keepLayers(created.sandbox(), layers);
        if (branch != null) {
            Path workspace = workspaces.getFirst().path();
            BranchWork.start(created.sandbox(), workspace, branch, agent, quiet);
        }
        return created;
    }

    private static void keepLayers(Sandbox sandbox, List<Layer> layers) {
        try {
            if (!layers.isEmpty()) {
                Layer.write(sandbox, layers);
            }
        } catch (IOException e) {
            throw Failure.own("cannot write to " + sandbox.directory() + ": " + e.getMessage(), e);
        }
    }

    private SandboxConfig config(String chosenEngine, SandboxStore store) {
        String chosenName = name == null ? SandboxName.random() : name;
        List<String> agentHosts = AgentWork.known(agent).map(Agent::hosts).orElse(List.of());
        return new SandboxConfig(
                chosenName,
                ephemeral,
                Instant.now(),
                cpus,
                memory,
                image,
                chosenEngine,
                network,
                unguarded,
                branch == null
                        ? workspaces
                        : BranchWork.share(store.directoryOf(chosenName), workspaces),
                agent,
                agentHosts,
                ports,
                dax,
                idle);
    }
}

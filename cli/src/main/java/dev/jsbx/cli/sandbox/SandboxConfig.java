package dev.jsbx.cli.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a sandbox is, as written to {@code sandbox.json}.
 *
 * @param name unique on this host
 * @param ephemeral removed when its command ends
 * @param cpus 1 to 8
 * @param memory of the guest, in bytes
 * @param image the image's name
 * @param engine {@code kvm} or {@code qemu}
 * @param network what {@code --network} said
 * @param unguarded whether the guest may change what the host's git takes commands from
 * @param workspaces the first is where commands start
 * @param agent the agent that it is for; empty if for any command
 * @param agentHosts what that agent needs to reach, as resources of a policy
 * @param ports of the host behind which it answers
 * @param dax how much of each shared directory's files the guest may map, in bytes; 0 for nothing
 * @param idle how long it goes on with no session in it; negative for as long as it is not stopped
 */
public record SandboxConfig(
        String name,
        boolean ephemeral,
        Instant created,
        int cpus,
        long memory,
        String image,
        String engine,
        NetworkMode network,
        boolean unguarded,
        List<Workspace> workspaces,
        String agent,
        List<String> agentHosts,
        List<PublishedPort> ports,
        long dax,
        Duration idle) {

    /** The same with other ports. */
    public SandboxConfig withPorts(List<PublishedPort> others) {
        return new SandboxConfig(
                name,
                ephemeral,
                created,
                cpus,
                memory,
                image,
                engine,
                network,
                unguarded,
                workspaces,
                agent,
                agentHosts,
                List.copyOf(others),
                dax,
                idle);
    }

    /** Of a sandbox that nobody chose otherwise for. */
    public static final Duration IDLE = Duration.ofSeconds(30);
}

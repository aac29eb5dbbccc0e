package dev.jsbx.cli.policy;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.netstack.policy.Grant;
import dev.jsbx.netstack.policy.PolicySyntaxException;
import java.util.List;
import java.util.Optional;

/**
 * What sandboxes may reach because of their agents: the hosts that the catalogue named when the
 * sandbox was created.
 */
public final class AgentGrant {
    private AgentGrant() {}

    /**
     * Of one sandbox.
     *
     * @throws Failure if its file names what is no host
     */
    public static Grant of(SandboxConfig config) {
        if (config.agentHosts().isEmpty()) {
            return Grant.NONE;
        }
        try {
            return Grant.of("agent " + config.agent(), config.name(), config.agentHosts());
        } catch (PolicySyntaxException e) {
            throw Failure.own("the hosts of agent " + config.agent() + ": " + e.getMessage(), e);
        }
    }

    /** Of the sandbox of a name; nothing if there is none. */
    static Grant of(String name) {
        return SandboxStore.open().find(name).map(AgentGrant::readable).orElse(Grant.NONE);
    }

    /**
     * Of all that there are.
     *
     * @param sandbox only of this one; empty for each
     */
    static List<Grant> all(Optional<String> sandbox) {
        return sandbox.isPresent()
                ? List.of(of(sandbox.get()))
                : SandboxStore.open().list().stream().map(AgentGrant::readable).toList();
    }

    // A damaged sandbox does not start, and so reaches nothing; other commands name it.
    private static Grant readable(Sandbox sandbox) {
        try {
            return of(SandboxStore.config(sandbox));
        } catch (Failure damaged) {
            return Grant.NONE;
        }
    }
}

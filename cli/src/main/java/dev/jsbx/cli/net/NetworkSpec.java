package dev.jsbx.cli.net;

import dev.jsbx.cli.policy.AgentGrant;
import dev.jsbx.cli.policy.PolicyPlaces;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.secret.SecretSource;
import dev.jsbx.netstack.policy.Grant;
import dev.jsbx.netstack.policy.Mode;
import dev.jsbx.netstack.policy.PolicyFile;
import java.util.Optional;

/**
 * What a guest's network is to be.
 *
 * @param name by which rules and the audit log know the guest
 * @param policy whose rules count
 * @param mode in place of the policy's own
 * @param mtu the largest IP packet on the guest's wire, 68 to 65520 bytes; segments larger than
 *     that pass as one all the same
 * @param grant what it may reach besides
 * @param secrets that the guest may use
 */
public record NetworkSpec(
        String name,
        PolicyFile policy,
        Optional<Mode> mode,
        int mtu,
        Grant grant,
        SecretSource secrets) {
    /** As any Ethernet has it. */
    public static final int MTU = 1500;

    /** Of a guest without secrets, under the policy alone. */
    public NetworkSpec(String name, PolicyFile policy, Optional<Mode> mode, int mtu) {
        this(name, policy, mode, mtu, Grant.NONE, SecretSource.NONE);
    }

    /** Of a sandbox: the user's policy, and what its agent needs. */
    static NetworkSpec of(SandboxConfig config, SecretSource secrets) {
        return new NetworkSpec(
                config.name(),
                PolicyPlaces.file(),
                config.network().mode(),
                MTU,
                AgentGrant.of(config),
                secrets);
    }

    /** For a rehearsal. */
    static NetworkSpec named(String name) {
        return new NetworkSpec(name, PolicyPlaces.file(), Optional.empty(), MTU);
    }
}

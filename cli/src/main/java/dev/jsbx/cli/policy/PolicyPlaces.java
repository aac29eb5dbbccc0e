package dev.jsbx.cli.policy;

import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.netstack.policy.PolicyFile;
import java.nio.file.Path;

/** Where policy and audit log are kept. */
public final class PolicyPlaces {
    private PolicyPlaces() {}

    /** {@code $XDG_CONFIG_HOME/jsbx/policy.yaml}. */
    public static PolicyFile file() {
        return PolicyFile.at(Directories.config().resolve("policy.yaml"));
    }

    /** {@code $XDG_STATE_HOME/jsbx/audit}. */
    public static Path audit() {
        return Directories.state().resolve("audit");
    }
}

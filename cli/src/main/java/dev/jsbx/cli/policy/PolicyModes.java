package dev.jsbx.cli.policy;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.terminal.Confirmation;
import dev.jsbx.netstack.policy.Mode;
import dev.jsbx.netstack.policy.PolicyFile;
import dev.jsbx.netstack.policy.PolicySyntaxException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/** {@code policy init} and {@code policy reset}. */
public final class PolicyModes {
    private final PolicyFile file;
    private final PrintStream out;

    public PolicyModes(PolicyFile file, PrintStream out) {
        this.file = file;
        this.out = out;
    }

    /**
     * Sets the mode, and leaves the rules.
     *
     * @throws Failure with code 2 if it is none
     */
    public int init(String mode, Optional<String> sandbox) {
        Mode chosen;
        try {
            chosen = Mode.parse(mode);
        } catch (PolicySyntaxException e) {
            throw Failure.usage(e.getMessage());
        }
        PolicyFailures.of(
                file,
                () -> {
                    file.setMode(sandbox, chosen);
                    return null;
                });
        out.printf(
                "Network policy%s set to \"%s\". %s%n",
                sandbox.map(name -> " of sandbox " + name).orElse(""),
                chosen.title(),
                chosen.description());
        return 0;
    }

    /**
     * Starts anew in the default mode and without rules, also when the file is broken.
     *
     * @throws Failure if the user does not want to, or cannot be asked
     */
    public int reset(boolean force) {
        if (!force && !confirmed()) {
            throw Failure.failed("nothing was reset");
        }
        Optional<Path> kept = PolicyFailures.of(file, () -> file.reset(Mode.DEFAULT));
        out.printf(
                "Network policy reset to \"%s\". %s%n",
                Mode.DEFAULT.title(), Mode.DEFAULT.description());
        kept.ifPresent(old -> out.println("The old one is kept in " + old));
        return 0;
    }

    private boolean confirmed() {
        return Confirmation.asked("Drop all rules of " + file.path(), "whether to drop all rules");
    }
}

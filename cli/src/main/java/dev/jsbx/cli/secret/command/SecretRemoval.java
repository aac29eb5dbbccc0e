package dev.jsbx.cli.secret.command;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.secret.KnownServices;
import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretStore;
import dev.jsbx.cli.terminal.Confirmation;
import dev.jsbx.vmm.linux.LinuxException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/** {@code secret rm}: running sandboxes can use what is removed no more. */
public final class SecretRemoval {
    private final SecretStore store = SecretPlaces.store();
    private final PrintStream out;

    public SecretRemoval(PrintStream out) {
        this.out = out;
    }

    /**
     * Removes one.
     *
     * @param name of a secret, or a variable of a service
     */
    public int remove(String name, Optional<String> sandbox) {
        String known = KnownServices.find(name).map(SecretBinding::name).orElse(name);
        return SecretPlaces.of(
                () -> {
                    if (!store.remove(known, sandbox) && !removeNamed(name, known, sandbox)) {
                        throw Failure.failed(
                                "there is no secret "
                                        + name
                                        + " of scope "
                                        + SecretPlaces.scopeWord(sandbox)
                                        + ": see jsbx secret ls");
                    }
                    out.println(
                            "Secret "
                                    + known
                                    + " removed (scope: "
                                    + SecretPlaces.scopeWord(sandbox)
                                    + ")");
                    sayApplied(sandbox);
                    return 0;
                });
    }

    private boolean removeNamed(String name, String known, Optional<String> sandbox)
            throws IOException {
        return !name.equals(known) && store.remove(name, sandbox);
    }

    /**
     * Removes all of one scope, or of every scope.
     *
     * @param sandbox only this sandbox's own
     * @param force whether nobody is asked
     */
    public int removeAll(Optional<String> sandbox, boolean force) {
        return SecretPlaces.of(
                () -> {
                    List<SecretBinding> chosen =
                            store.bindings().stream()
                                    .filter(b -> sandbox.isEmpty() || b.sandbox().equals(sandbox))
                                    .toList();
                    if (chosen.isEmpty()) {
                        out.println("No secrets found");
                        return 0;
                    }
                    String names =
                            String.join(", ", chosen.stream().map(SecretBinding::name).toList());
                    if (!force
                            && !Confirmation.asked("Remove " + names, "whether to remove them")) {
                        throw Failure.failed("nothing was removed");
                    }
                    for (SecretBinding each : chosen) {
                        store.remove(each.name(), each.sandbox());
                    }
                    out.println("Removed " + names);
                    sayApplied(sandbox);
                    return 0;
                });
    }

    /** Removes what was one sandbox's own, as it is gone; what cannot be is said to remain. */
    public void forget(String sandbox) {
        try {
            Optional<String> scope = Optional.of(sandbox);
            for (SecretBinding each : store.bindings()) {
                if (each.sandbox().equals(scope)) {
                    store.remove(each.name(), scope);
                    out.println("Secret " + each.name() + " of " + sandbox + " removed");
                }
            }
        } catch (IOException | LinuxException e) {
            out.println("Secrets of " + sandbox + " alone, if any, remain: " + e.getMessage());
        }
    }

    private void sayApplied(Optional<String> sandbox) {
        String applied = SecretPlaces.applied(sandbox);
        if (!applied.isEmpty()) {
            out.println(applied);
        }
    }
}

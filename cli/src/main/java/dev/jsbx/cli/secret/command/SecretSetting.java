package dev.jsbx.cli.secret.command;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretStore;
import dev.jsbx.cli.secret.SecretValue;
import dev.jsbx.cli.secret.ValueCommand;
import dev.jsbx.netstack.tls.CertificateAuthority;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** {@code secret set}: all is checked before a value is asked for, and stored at once. */
public final class SecretSetting {
    private final SecretStore store = SecretPlaces.store();
    private final PrintStream out;

    public SecretSetting(PrintStream out) {
        this.out = out;
    }

    /** Where a value comes from. */
    interface Source {
        /** A value of the caller's; null if a command gives it later. */
        SecretValue read() throws IOException;
    }

    /**
     * Stores a secret whose value is on standard input, is typed, or comes from its command.
     *
     * @param verify whether a command is tried first
     * @param showErrors whether what it says on standard error is shown then
     */
    public int set(SecretBinding binding, boolean verify, boolean showErrors) {
        return set(
                binding,
                binding.command().isEmpty()
                        ? () -> ValueInput.read(binding.name())
                        : () -> {
                            if (verify) {
                                String command = binding.command().get();
                                ValueCommand.run(binding.name(), command, showErrors).close();
                            }
                            return null;
                        });
    }

    /** The same from elsewhere. */
    int set(SecretBinding binding, Source source) {
        return SecretPlaces.of(
                () -> {
                    prepare(binding);
                    try (SecretValue value = source.read()) {
                        String place = store.put(binding, value);
                        say(binding, place);
                    }
                    return 0;
                });
    }

    // A certificate authority that cannot be used is found out before anything is stored.
    private void prepare(SecretBinding binding) throws IOException {
        List<SecretBinding> all = new ArrayList<>(store.bindings());
        all.removeIf(
                other ->
                        other.name().equals(binding.name())
                                && other.sandbox().equals(binding.sandbox()));
        for (SecretBinding other : all) {
            for (String variable : binding.environment()) {
                if (other.sandbox().equals(binding.sandbox())
                        && other.environment().contains(variable)) {
                    throw Failure.failed(
                            "the variable "
                                    + variable
                                    + " holds the placeholder of "
                                    + other.name()
                                    + ": choose another with --env, or jsbx secret rm "
                                    + other.name());
                }
            }
        }
        all.add(binding);
        CertificateAuthority.load(SecretPlaces.authority(), SecretPlaces.domains(all));
    }

    private void say(SecretBinding binding, String place) {
        out.println(
                "Secret "
                        + binding.name()
                        + " "
                        + (binding.command().isPresent() ? "bound to its command" : "stored")
                        + " (scope: "
                        + SecretPlaces.scopeWord(binding.sandbox())
                        + "), for "
                        + String.join(", ", binding.hosts())
                        + (binding.environment().isEmpty()
                                ? ""
                                : "; inside: " + String.join(", ", binding.environment())));
        out.println("Encrypted with a key in " + place);
        String applied = SecretPlaces.applied(binding.sandbox());
        if (!applied.isEmpty()) {
            out.println(applied);
        }
    }
}

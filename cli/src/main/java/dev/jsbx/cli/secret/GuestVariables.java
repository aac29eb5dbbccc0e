package dev.jsbx.cli.secret;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The variables that a sandbox's secrets give to every command in it. */
public final class GuestVariables {
    private GuestVariables() {}

    /**
     * Placeholders under the names of the secrets that a sandbox may use. Empty if there are none;
     * then no key is made either.
     *
     * @param installation {@code $XDG_CONFIG_HOME/jsbx}
     * @param sandbox the sandbox's directory, which has its name
     * @throws IOException if the secrets cannot be read
     */
    public static Map<String, String> of(Path installation, Path sandbox) throws IOException {
        SecretStore store = new SecretStore(installation);
        if (!Files.exists(store.file())) {
            return Map.of();
        }
        List<SecretBinding> usable =
                SecretBinding.usableBy(sandbox.getFileName().toString(), store.bindings());
        if (usable.isEmpty()) {
            return Map.of();
        }
        Placeholders placeholders = Placeholders.open(installation, sandbox);
        Map<String, String> variables = new LinkedHashMap<>();
        for (SecretBinding binding : usable) {
            for (String name : binding.environment()) {
                variables.put(name, placeholders.of(binding.name()));
            }
        }
        return variables;
    }
}

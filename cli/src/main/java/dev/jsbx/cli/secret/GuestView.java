package dev.jsbx.cli.secret;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the commands in a sandbox see of its secrets.
 *
 * @param bindings those that it may use
 * @param variables placeholders, by the names of variables
 */
public record GuestView(List<SecretBinding> bindings, Map<String, String> variables) {
    private static final GuestView NOTHING = new GuestView(List.of(), Map.of());

    /**
     * Reads what is stored. Where nothing is, no key is made either.
     *
     * @param installation {@code $XDG_CONFIG_HOME/jsbx}
     * @param sandbox the sandbox's directory, which has its name
     * @throws IOException if the secrets cannot be read
     */
    public static GuestView of(Path installation, Path sandbox) throws IOException {
        SecretStore store = new SecretStore(installation);
        if (!Files.exists(store.file())) {
            return NOTHING;
        }
        List<SecretBinding> all = store.bindings();
        List<SecretBinding> usable = SecretBinding.usableBy(sandbox.getFileName().toString(), all);
        if (usable.isEmpty()) {
            return NOTHING;
        }
        try {
            Placeholders placeholders = Placeholders.in(installation, sandbox);
            placeholders.shape(all, usable);
            return new GuestView(usable, variables(usable, placeholders));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Map<String, String> variables(
            List<SecretBinding> usable, Placeholders placeholders) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (SecretBinding binding : usable) {
            for (String name : binding.environment()) {
                variables.put(name, placeholders.of(binding.name()));
            }
        }
        return variables;
    }
}

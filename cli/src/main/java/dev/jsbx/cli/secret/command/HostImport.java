package dev.jsbx.cli.secret.command;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.secret.KnownServices;
import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretValue;
import dev.jsbx.cli.terminal.Confirmation;
import dev.jsbx.cli.terminal.RawTerminal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code secret import}: offers to store what the host's environment holds for known services. */
public final class HostImport {
    private final Path environment;
    private final PrintStream out;

    /** What is imported. */
    public record Choice(
            Optional<String> service,
            Optional<String> sandbox,
            boolean all,
            boolean force,
            boolean dryRun) {}

    public HostImport(PrintStream out) {
        this.environment = Path.of("/proc/self/environ");
        this.out = out;
    }

    /** Imports what is chosen, or asks; without a terminal it says what there is. */
    public int run(Choice choice) {
        return SecretPlaces.of(() -> read(choice));
    }

    private int read(Choice choice) throws IOException {
        byte[] all = Files.readAllBytes(environment);
        try {
            Map<String, Variable> found = find(all, choice.service);
            if (found.isEmpty()) {
                out.println(
                        "No variable of a service that jsbx knows is set: set one, such as"
                                + " OPENAI_API_KEY, or use jsbx secret set");
                return 0;
            }
            List<SecretBinding> stored = SecretPlaces.store().bindings();
            for (Map.Entry<String, Variable> each : found.entrySet()) {
                offer(all, each.getKey(), each.getValue(), stored, choice);
            }
            return 0;
        } finally {
            Arrays.fill(all, (byte) 0);
        }
    }

    /** A variable's name, and where its value lies in the environment. */
    private record Variable(String name, int start, int end) {}

    // By service; of several variables of one, the one that is named first.
    private static Map<String, Variable> find(byte[] all, Optional<String> service) {
        Map<String, Variable> set = new LinkedHashMap<>();
        for (int start = 0; start < all.length; ) {
            int end = indexOf(all, (byte) 0, start);
            int equals = indexOf(all, (byte) '=', start);
            if (equals < end - 1) {
                String name = new String(all, start, equals - start, StandardCharsets.UTF_8);
                set.put(name, new Variable(name, equals + 1, end));
            }
            start = end + 1;
        }
        Map<String, Variable> found = new LinkedHashMap<>();
        for (SecretBinding known : KnownServices.all().values()) {
            if (service.isPresent() && !isMeant(known, service.get())) {
                continue;
            }
            known.environment().stream()
                    .filter(set::containsKey)
                    .findFirst()
                    .ifPresent(name -> found.put(known.name(), set.get(name)));
        }
        return found;
    }

    private static boolean isMeant(SecretBinding known, String service) {
        return known.name().equals(service)
                || known.environment().contains(service)
                || service.equals("aws") && known.name().startsWith("AWS_");
    }

    private static int indexOf(byte[] all, byte what, int from) {
        int i = from;
        while (i < all.length && all[i] != what) {
            i++;
        }
        return i;
    }

    private void offer(
            byte[] all,
            String service,
            Variable variable,
            List<SecretBinding> stored,
            Choice choice) {
        boolean there =
                stored.stream()
                        .anyMatch(
                                b ->
                                        b.name().equals(service)
                                                && b.sandbox().equals(choice.sandbox));
        if (there && !choice.force) {
            out.println(variable.name + ": " + service + " is stored already: --force replaces it");
            return;
        }
        if (choice.dryRun || !choice.all && !RawTerminal.isInteractive()) {
            out.println(
                    variable.name
                            + " would be stored as "
                            + service
                            + (choice.dryRun ? "" : ": jsbx secret import --all does it"));
            return;
        }
        if (choice.all
                || Confirmation.asked(
                        "Store " + variable.name + " as " + service, "whether to store it")) {
            SecretBinding binding = new BindingRequest(service, choice.sandbox).bind();
            new SecretSetting(out).set(binding, () -> value(all, variable));
        }
    }

    private static SecretValue value(byte[] all, Variable variable) throws IOException {
        try {
            return SecretValue.read(
                    new ByteArrayInputStream(all, variable.start, variable.end - variable.start));
        } catch (IllegalArgumentException e) {
            throw Failure.failed(variable.name + ": " + e.getMessage() + ": it was not stored");
        }
    }
}

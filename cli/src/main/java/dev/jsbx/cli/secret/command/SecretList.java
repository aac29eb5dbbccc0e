package dev.jsbx.cli.secret.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.jsbx.cli.Failure;
import dev.jsbx.cli.secret.KnownServices;
import dev.jsbx.cli.secret.Secret;
import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretBinding.Injection;
import dev.jsbx.cli.terminal.Columns;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/** {@code secret ls}: what is stored, of each value the first four characters at most. */
public final class SecretList {
    private SecretList() {}

    /** One line; everything in it may be shown. */
    private record Row(SecretBinding binding, String masked) {
        String type() {
            return KnownServices.all().containsKey(binding.name()) ? "service" : "custom";
        }
    }

    /**
     * Prints a table.
     *
     * @param scope only this sandbox's own; empty for all that there are
     * @param globalOnly only those for all sandboxes
     */
    public static void print(PrintStream out, Optional<String> scope, boolean globalOnly) {
        List<Row> rows = rows(scope, globalOnly);
        if (rows.isEmpty()) {
            out.println(
                    scope.isPresent()
                            ? "No secrets found for scope \"" + scope.get() + "\""
                            : "No secrets found");
            return;
        }
        Columns table = new Columns("SCOPE", "TYPE", "NAME", "HOSTS", "ENV", "SECRET");
        for (Row row : rows) {
            table.row(
                    SecretPlaces.scope(row.binding.sandbox()),
                    row.type(),
                    row.binding.name(),
                    String.join(",", row.binding.hosts()),
                    String.join(",", row.binding.environment()),
                    row.masked);
        }
        table.print(out);
    }

    private static List<Row> rows(Optional<String> scope, boolean globalOnly) {
        List<Secret> secrets = SecretPlaces.of(() -> SecretPlaces.store().load());
        List<Row> rows =
                secrets.stream()
                        .filter(s -> scope.isEmpty() || s.binding().sandbox().equals(scope))
                        .filter(s -> !globalOnly || s.binding().sandbox().isEmpty())
                        .map(SecretList::row)
                        .toList();
        secrets.forEach(Secret::close);
        return rows;
    }

    private static Row row(Secret secret) {
        String masked =
                secret.value() != null
                        ? secret.value().masked()
                        : "command: " + secret.binding().command().orElse("");
        return new Row(secret.binding(), masked);
    }

    /** The same as JSON. */
    public static void printJson(PrintStream out, Optional<String> scope, boolean globalOnly) {
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.writeStartObject();
            json.writeArrayFieldStart("secrets");
            for (Row row : rows(scope, globalOnly)) {
                write(json, row);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw Failure.failed("standard output: " + e.getMessage());
        }
    }

    private static void write(JsonGenerator json, Row row) throws IOException {
        SecretBinding binding = row.binding;
        json.writeStartObject();
        json.writeStringField("name", binding.name());
        json.writeStringField("type", row.type());
        json.writeStringField("scope", SecretPlaces.scope(binding.sandbox()));
        texts(json, "hosts", binding.hosts());
        texts(json, "environment", binding.environment());
        texts(json, "carried", binding.injections().stream().map(Injection::describe).toList());
        if (binding.plainHttp()) {
            json.writeBooleanField("plainHttp", true);
        }
        if (binding.command().isPresent()) {
            json.writeStringField("command", binding.command().get());
        } else {
            json.writeStringField("secret", row.masked);
        }
        json.writeEndObject();
    }

    private static void texts(JsonGenerator json, String name, List<String> texts)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}

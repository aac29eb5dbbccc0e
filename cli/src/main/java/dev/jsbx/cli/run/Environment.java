package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Variables that a command in the guest gets on top of the guest's own. Nothing of the host's
 * environment goes in unless it was named. A later value of the same name wins.
 */
public final class Environment {
    private final Map<String, String> variables = new LinkedHashMap<>();
    private final Set<String> inherited = new HashSet<>();

    /**
     * {@code NAME=value}, or {@code NAME} for the host's value, if it has one.
     *
     * @throws Failure if there is no name
     */
    public void add(String text) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw Failure.usage("the variable " + text + " has no name: write it as NAME=value");
        }
        String value = equals < 0 ? System.getenv(name) : text.substring(equals + 1);
        if (equals < 0) {
            inherited.add(name);
        } else {
            inherited.remove(name);
        }
        if (value != null) {
            variables.put(name, value);
        }
    }

    /**
     * The lines of a file as {@link #add} takes them; blank ones and those that begin with # are
     * skipped.
     *
     * @throws Failure if it cannot be read, or naming the line that is wrong
     */
    public void addFile(String file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            String reason = e instanceof NoSuchFileException ? "no such file" : e.getMessage();
            throw Failure.usage("the environment file " + file + " cannot be read: " + reason);
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).stripLeading();
            if (line.startsWith("=")) {
                throw Failure.usage(
                        file + " line " + (i + 1) + " has no name: write it as NAME=value");
            }
            if (!line.isEmpty() && !line.startsWith("#")) {
                add(line);
            }
        }
    }

    /**
     * Values by name, in the order given.
     *
     * @param secrets placeholders and the like, which give way to a value that was written out, but
     *     take the place of the host's own
     */
    public Map<String, String> with(Map<String, String> secrets) {
        Map<String, String> all = new LinkedHashMap<>(secrets);
        variables.forEach(
                (name, value) -> {
                    if (!inherited.contains(name) || !secrets.containsKey(name)) {
                        all.put(name, value);
                    }
                });
        return all;
    }
}

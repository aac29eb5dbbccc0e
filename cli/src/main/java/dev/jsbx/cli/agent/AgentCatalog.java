package dev.jsbx.cli.agent;

import dev.jsbx.cli.Failure;
import dev.jsbx.netstack.policy.PolicySyntaxException;
import dev.jsbx.netstack.policy.Resource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** All agents by name: those in the jar, and the user's own over them. */
public final class AgentCatalog {
    /** Names of the agents in the jar, known without reading it. */
    public static final Set<String> BUILT_IN =
            Set.of("claude", "codex", "gemini", "opencode", "copilot", "shell");

    private static final String FILE = "agents.yaml";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final Set<String> KEYS =
            Set.of("npm", "install", "command", "unattended", "environment", "hosts", "secrets");

    private final Map<String, Agent> agents = new LinkedHashMap<>();

    private AgentCatalog() {}

    /**
     * Whether a word names an agent, without reading more than it must.
     *
     * @param settings the directory of the user's settings
     */
    public static boolean knows(Path settings, String word) {
        return BUILT_IN.contains(word)
                || NAME.matcher(word).matches()
                        && Files.exists(file(settings))
                        && load(settings).find(word).isPresent();
    }

    /**
     * Reads the catalog.
     *
     * @throws Failure naming what is wrong in the user's file
     */
    public static AgentCatalog load(Path settings) {
        AgentCatalog catalog = new AgentCatalog();
        try (InputStream builtIn = AgentCatalog.class.getResourceAsStream(FILE)) {
            catalog.add("agents.yaml of jsbx", builtIn);
        } catch (IOException e) {
            throw Failure.own("jsbx's own agents.yaml cannot be read: build anew", e);
        }
        Path own = file(settings);
        if (Files.exists(own)) {
            try (InputStream in = Files.newInputStream(own)) {
                catalog.add(own.toString(), in);
            } catch (IOException e) {
                throw Failure.own(own + " cannot be read: " + e.getMessage(), e);
            }
        }
        return catalog;
    }

    /** Where the user's own agents are, if there are any. */
    public static Path file(Path settings) {
        return settings.resolve(FILE);
    }

    public Optional<Agent> find(String name) {
        return Optional.ofNullable(agents.get(name));
    }

    /** All agents, those in the jar first. */
    public Collection<Agent> all() {
        return agents.values();
    }

    private void add(String source, InputStream in) {
        Object root;
        try {
            root =
                    new Load(LoadSettings.builder().setLabel(source).build())
                            .loadFromInputStream(in);
        } catch (YamlEngineException e) {
            String first = e.getMessage().lines().findFirst().orElse("unreadable");
            throw Failure.own(source + " is no YAML: " + first);
        }
        if (root == null) {
            return;
        }
        for (Map.Entry<?, ?> entry : map(source, root).entrySet()) {
            String name = String.valueOf(entry.getKey());
            if (!NAME.matcher(name).matches()) {
                throw Failure.own(
                        source + ": \"" + name + "\" is no name: use a-z, digits and hyphens");
            }
            agents.put(name, agent(source, name, map(source + ": " + name, entry.getValue())));
        }
    }

    private static Agent agent(String source, String name, Map<?, ?> fields) {
        for (Object key : fields.keySet()) {
            if (!KEYS.contains(String.valueOf(key))) {
                throw Failure.own(
                        source
                                + ": "
                                + name
                                + " has an unknown key "
                                + key
                                + ": use "
                                + String.join(", ", KEYS.stream().sorted().toList()));
            }
        }
        String where = source + ": " + name + ".";
        List<String> command = texts(where, fields, "command");
        if (command.isEmpty()) {
            throw Failure.own(where + "command is missing: name what starts the agent");
        }
        return new Agent(
                name,
                texts(where, fields, "npm"),
                texts(where, fields, "install"),
                command,
                texts(where, fields, "unattended"),
                variables(where, fields.get("environment")),
                hosts(where, fields),
                texts(where, fields, "secrets"));
    }

    private static List<String> hosts(String where, Map<?, ?> fields) {
        List<String> hosts = texts(where, fields, "hosts");
        try {
            hosts.forEach(Resource::parse);
        } catch (PolicySyntaxException e) {
            throw Failure.own(where + "hosts: " + e.getMessage(), e);
        }
        return hosts;
    }

    private static List<String> texts(String where, Map<?, ?> fields, String key) {
        Object value = fields.get(key);
        if (value == null) {
            return List.of();
        }
        if (value instanceof String text) {
            return List.of(text);
        }
        if (value instanceof List<?> list
                && list.stream().allMatch(item -> item instanceof String s && !s.isEmpty())) {
            return list.stream().map(String.class::cast).toList();
        }
        throw Failure.own(where + key + " is no list of texts");
    }

    private static Map<String, String> variables(String where, Object value) {
        Map<String, String> variables = new LinkedHashMap<>();
        if (value != null) {
            map(where + "environment", value)
                    .forEach((k, v) -> variables.put(String.valueOf(k), String.valueOf(v)));
        }
        return variables;
    }

    private static Map<?, ?> map(String where, Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw Failure.own(where + " is no mapping of names to values");
    }
}

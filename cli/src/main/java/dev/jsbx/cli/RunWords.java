package dev.jsbx.cli;

import dev.jsbx.cli.agent.Agent;
import dev.jsbx.cli.agent.AgentCatalog;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxName;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.sandbox.Workspace;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the words of a {@code run} mean: {@code SANDBOX [-- ARG…]}, {@code AGENT [PATH…] [-- ARG…]}
 * or {@code COMMAND [ARG…]}; after a {@code --} always the last.
 *
 * @param name of the sandbox; null if it is to be a new one that nobody names
 * @param existing the sandbox of that name, if there is one
 * @param workspaces those that were named, the first is where the command starts
 * @param agent whose sandbox it is; empty for any command's
 * @param command what runs in it; empty if nothing was named
 * @param environment of the agent
 */
record RunWords(
        String name,
        Optional<Sandbox> existing,
        List<Workspace> workspaces,
        String agent,
        List<String> command,
        Map<String, String> environment) {

    /**
     * @param words as they were given
     * @param dashes whether a {@code --} stood before them
     * @param name that an option gave; or null
     */
    static RunWords of(List<String> words, boolean dashes, String name) {
        if (words.isEmpty() || dashes) {
            return name == null
                    ? command(null, Optional.empty(), words)
                    : inSandbox(name, find(name), words);
        }
        Optional<Agent> agent = agent(words.getFirst());
        List<String> rest = words.subList(1, words.size());
        if (agent.isPresent()) {
            return ofAgent(agent.get(), AgentWords.parse(rest), name);
        }
        Optional<Sandbox> first = name == null ? find(words.getFirst()) : Optional.empty();
        return first.isPresent()
                ? inSandbox(words.getFirst(), first, withoutDashes(rest))
                : inSandbox(name, name == null ? Optional.empty() : find(name), words);
    }

    /**
     * What a {@code create} means: {@code [AGENT] [PATH…]}.
     *
     * @param name that an option gave; or null
     */
    static RunWords ofCreate(List<String> words, String name) {
        Optional<Agent> agent = words.isEmpty() ? Optional.empty() : agent(words.getFirst());
        if (agent.isEmpty()) {
            List<Workspace> workspaces = words.stream().map(Workspace::parse).toList();
            return new RunWords(name, Optional.empty(), workspaces, "", List.of(), Map.of());
        }
        AgentWords own = AgentWords.parse(words.subList(1, words.size()));
        if (!own.arguments().isEmpty()) {
            throw Failure.usage(
                    own.arguments().getFirst()
                            + " is no directory to share, and what an agent is told is said when"
                            + " it is run: leave it out");
        }
        String chosen = name == null ? nameFor(agent.get(), own) : name;
        return new RunWords(
                chosen, find(chosen), own.workspaces(), agent.get().name(), List.of(), Map.of());
    }

    private static RunWords command(String name, Optional<Sandbox> existing, List<String> words) {
        return new RunWords(name, existing, List.of(), "", words, Map.of());
    }

    // In an agent's sandbox, arguments alone are the agent's.
    private static RunWords inSandbox(String name, Optional<Sandbox> sandbox, List<String> words) {
        String of = sandbox.map(s -> SandboxStore.config(s).agent()).orElse("");
        Optional<Agent> agent = of.isEmpty() ? Optional.empty() : agent(of);
        boolean arguments = words.isEmpty() || words.getFirst().startsWith("-");
        return agent.isPresent() && arguments
                ? ofAgent(agent.get(), new AgentWords(List.of(), words), name)
                : command(name, sandbox, words);
    }

    private static RunWords ofAgent(Agent agent, AgentWords words, String name) {
        String chosen = name == null ? nameFor(agent, words) : name;
        Optional<Sandbox> existing = find(chosen);
        existing.ifPresent(sandbox -> requireSame(agent, sandbox));
        return new RunWords(
                chosen,
                existing,
                words.workspaces(),
                agent.name(),
                agent.commandLine(words.arguments()),
                agent.environment());
    }

    // The same agent on the same directory is at home in the same sandbox.
    private static String nameFor(Agent agent, AgentWords words) {
        Workspace workspace =
                words.workspaces().isEmpty()
                        ? Workspace.of(System.getProperty("user.dir"), false)
                        : words.workspaces().getFirst();
        String wanted = SandboxName.of(agent.name(), workspace.path());
        String name = wanted;
        for (int i = 2; ; i++) {
            Optional<Sandbox> taken = find(name);
            if (taken.isEmpty() || isFor(taken.get(), agent, workspace)) {
                return name;
            }
            name = wanted + "-" + i;
        }
    }

    private static boolean isFor(Sandbox sandbox, Agent agent, Workspace workspace) {
        SandboxConfig config = SandboxStore.config(sandbox);
        return config.agent().equals(agent.name())
                && config.workspaces().getFirst().path().equals(workspace.path());
    }

    private static void requireSame(Agent agent, Sandbox sandbox) {
        String of = SandboxStore.config(sandbox).agent();
        if (!of.equals(agent.name())) {
            throw Failure.own(
                    "the sandbox "
                            + sandbox.name()
                            + " was made "
                            + (of.isEmpty() ? "without an agent" : "for " + of)
                            + ", not for "
                            + agent.name()
                            + ": choose another --name");
        }
    }

    private static Optional<Agent> agent(String word) {
        return AgentCatalog.knows(Directories.config(), word)
                ? AgentCatalog.load(Directories.config()).find(word)
                : Optional.empty();
    }

    private static Optional<Sandbox> find(String name) {
        return SandboxStore.open().find(name);
    }

    private static List<String> withoutDashes(List<String> words) {
        return !words.isEmpty() && words.getFirst().equals("--")
                ? words.subList(1, words.size())
                : words;
    }
}

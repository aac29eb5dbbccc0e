package dev.jsbx.cli.run;

import dev.jsbx.cli.agent.Agent;
import dev.jsbx.cli.agent.AgentCatalog;
import dev.jsbx.cli.agent.AgentStore;
import dev.jsbx.cli.agent.BuildMachine;
import dev.jsbx.cli.agent.InstalledAgent;
import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.sandbox.Layer;
import java.util.List;
import java.util.Optional;

/** Agents around a run: what a sandbox needs to have one, installed when it is first wanted. */
public final class AgentWork {
    private AgentWork() {}

    /**
     * What goes on top of a new sandbox's image.
     *
     * @param options of the new sandbox, whose engine and network an installation uses
     * @return the lowest first; none for a command that is no agent's
     * @throws dev.jsbx.cli.Failure if it has to be installed and cannot
     */
    public static List<Layer> layers(CreateOptions options, boolean quiet)
            throws InterruptedException {
        Optional<Agent> agent = known(options.agent());
        if (agent.isEmpty() || !agent.get().needsInstalling()) {
            return List.of();
        }
        Optional<InstalledAgent> present = new AgentStore(Directories.cache()).find(agent.get());
        return present.isPresent()
                ? present.get().layers()
                : install(agent.get(), new BuildSandbox(options), quiet, false).layers();
    }

    /** The agent of a name; none for the empty one. */
    static Optional<Agent> known(String name) {
        return name.isEmpty()
                ? Optional.empty()
                : AgentCatalog.load(Directories.config()).find(name);
    }

    /**
     * Installs an agent.
     *
     * @param engine {@code auto}, {@code kvm} or {@code qemu}
     * @param anew with the newest packages, even if it is installed
     * @throws dev.jsbx.cli.Failure if it cannot be installed
     */
    public static InstalledAgent install(Agent agent, String engine, boolean quiet, boolean anew)
            throws InterruptedException {
        return install(agent, new BuildSandbox(engine), quiet, anew);
    }

    private static InstalledAgent install(
            Agent agent, BuildMachine machine, boolean quiet, boolean anew)
            throws InterruptedException {
        long start = System.nanoTime();
        // A guest of an image from before layers would not know of them.
        ImageAtHand.build(ImageAtHand.DEFAULT, quiet, false);
        InstalledAgent installed =
                new AgentStore(Directories.cache())
                        .install(agent, machine, step -> say(agent, step, quiet), anew);
        long seconds = (System.nanoTime() - start) / 1_000_000_000;
        say(agent, described(installed) + " is ready after " + seconds + " s", quiet);
        return installed;
    }

    private static String described(InstalledAgent installed) {
        return installed.packages().isEmpty() ? "it" : String.join(", ", installed.packages());
    }

    private static void say(Agent agent, String step, boolean quiet) {
        if (!quiet) {
            System.err.println("jsbx: agent " + agent.name() + ": " + step);
        }
    }
}

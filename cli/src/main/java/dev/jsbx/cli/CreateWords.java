package dev.jsbx.cli;

import dev.jsbx.cli.engine.Engine;
import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.run.CreateOptions;
import dev.jsbx.cli.run.DaxSize;
import dev.jsbx.cli.run.IdleTime;
import dev.jsbx.cli.run.MemorySize;
import dev.jsbx.cli.sandbox.NetworkMode;
import dev.jsbx.cli.sandbox.PublishedPort;
import dev.jsbx.cli.sandbox.SandboxName;
import dev.jsbx.cli.sandbox.Workspace;
import java.util.ArrayList;
import java.util.List;

/** The options that say what a new sandbox is to be, for all commands that make one. */
final class CreateWords {
    private String name;
    private String cpus;
    private String memory;
    private String image = ImageAtHand.DEFAULT;
    private String engine = "auto";
    private String network = "policy";
    private String branch;
    private boolean clone;
    private String idle;
    private String dax = "off";
    private boolean unguarded;
    private String[] volumes = {};
    private String[] ports = {};

    /** Adds them to a command. */
    Spec to(Spec spec) {
        return spec.value("--name", "NAME", "Name the sandbox, and keep it", v -> name = v)
                .value("--cpus", "N", "CPUs of the guest, 1 to 8", v -> cpus = v)
                .value("-m --memory", "SIZE", "Memory, such as 512m or 4g", v -> memory = v)
                .value("--image", "IMAGE", "default, minimal or another's name", v -> image = v)
                .value("--engine", "ENGINE", "auto, kvm or qemu", v -> engine = v)
                .value(
                        "--network",
                        "MODE",
                        "open, balanced, locked-down or none (as jsbx policy says)",
                        v -> network = v)
                .values(
                        "-p --publish",
                        "[[IP:]HOST:]GUEST[/tcp|udp]",
                        "Publish a port of the guest on this host (at 127.0.0.1)",
                        v -> ports = v)
                .values(
                        "-v --volume",
                        "PATH[:ro]",
                        "Share another directory, or a file, at the same path",
                        v -> volumes = v)
                .value(
                        "--branch",
                        "NAME",
                        "Work on a new branch, or \"auto\", in a clone of the repository",
                        v -> branch = v)
                .flag("--clone", "The same as --branch auto", on -> clone = on)
                .value(
                        "--idle",
                        "TIME",
                        "Stop it so long after the last session: 30s, 5m, or off",
                        v -> idle = v)
                .value(
                        "--dax",
                        "SIZE",
                        "Map so much of big shared files into the guest (kvm engine), or off",
                        v -> dax = v)
                .flag(
                        "--unguard",
                        "Let .git/hooks and .git/config be changed",
                        on -> unguarded = on);
    }

    /** The name that was given, checked; or null. */
    String name() {
        return name == null ? null : SandboxName.check(name);
    }

    private String branch() {
        return branch == null && clone ? "auto" : branch;
    }

    boolean hasBranch() {
        return branch() != null;
    }

    /**
     * What was asked for, checked.
     *
     * @param chosenName or null for a random one
     * @param primary the directories that were named; commands start in the first
     */
    CreateOptions options(
            String chosenName, boolean ephemeral, List<Workspace> primary, String agent) {
        List<Workspace> workspaces = new ArrayList<>(primary);
        for (String volume : volumes) {
            workspaces.add(Workspace.parse(volume));
        }
        return new CreateOptions(
                chosenName,
                ephemeral,
                cpus == null ? Engine.cpusByDefault() : Engine.cpus(cpus),
                memory == null ? MemorySize.byDefault() : MemorySize.parse(memory),
                image,
                engine,
                NetworkMode.parse(network),
                branch(),
                unguarded,
                workspaces,
                agent,
                ports(),
                DaxSize.parse(dax),
                IdleTime.parse(idle));
    }

    private List<PublishedPort> ports() {
        List<PublishedPort> published = PublishedPort.parse(ports);
        if (!published.isEmpty() && !NetworkMode.parse(network).card()) {
            throw Failure.usage("--publish needs a network: leave out --network " + network);
        }
        return published;
    }
}

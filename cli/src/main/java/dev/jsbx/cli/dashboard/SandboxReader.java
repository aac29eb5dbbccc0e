package dev.jsbx.cli.dashboard;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.branch.BranchRecord;
import dev.jsbx.cli.dashboard.SandboxPanel.Row;
import dev.jsbx.cli.sandbox.PublishedPort;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.sandbox.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Looks at all sandboxes, and at what they have used since it last did. */
final class SandboxReader implements Supplier<List<Row>> {
    private static final double NANOS_PER_TICK = 1e7; // USER_HZ is 100 on every Linux

    private final SandboxStore store;
    private Map<String, ProcessUse> before = Map.of();
    private long lookedAt;

    SandboxReader(SandboxStore store) {
        this.store = store;
    }

    @Override
    public List<Row> get() {
        long now = System.nanoTime();
        Map<String, ProcessUse> uses = ProcessUse.now(store.directoryOf(""));
        List<Row> rows = new ArrayList<>();
        for (Sandbox sandbox : store.list()) {
            rows.add(row(sandbox, uses.get(sandbox.name()), now));
        }
        before = uses;
        lookedAt = now;
        return rows;
    }

    private Row row(Sandbox sandbox, ProcessUse use, long now) {
        SandboxConfig config;
        try {
            config = SandboxStore.config(sandbox);
        } catch (Failure e) {
            return new Row(sandbox.name(), "damaged", 0, 0, "", "", e.getMessage());
        }
        boolean running = sandbox.isRunning();
        return new Row(
                sandbox.name(),
                running ? "running" : "stopped",
                running && use != null ? cpu(sandbox.name(), use, now) : 0,
                running && use != null ? use.memory() : 0,
                branch(sandbox.directory()),
                config.ports().stream().map(PublishedPort::text).collect(Collectors.joining(", ")),
                detail(config));
    }

    private double cpu(String name, ProcessUse use, long now) {
        ProcessUse earlier = before.get(name);
        if (earlier == null || now <= lookedAt) {
            return 0;
        }
        return 100 * (use.ticks() - earlier.ticks()) * NANOS_PER_TICK / (now - lookedAt);
    }

    private static String branch(Path directory) {
        try {
            return BranchRecord.read(directory).map(BranchRecord::branch).orElse("");
        } catch (IOException | RuntimeException e) {
            return "?";
        }
    }

    private static String detail(SandboxConfig config) {
        String workspaces =
                config.workspaces().stream().map(Workspace::text).collect(Collectors.joining(", "));
        return (config.agent().isEmpty() ? "" : config.agent() + "  ")
                + config.cpus()
                + " CPUs  "
                + SandboxPanel.size(config.memory())
                + "  "
                + config.image()
                + "  network "
                + config.network().text()
                + "  "
                + workspaces;
    }
}

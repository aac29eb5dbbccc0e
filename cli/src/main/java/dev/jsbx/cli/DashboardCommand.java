package dev.jsbx.cli;

import dev.jsbx.cli.dashboard.Dashboard;
import dev.jsbx.cli.terminal.RawTerminal;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx dashboard}, and {@code jsbx} alone on a terminal. */
final class DashboardCommand {
    CommandSpec spec() {
        return Spec.of("dashboard", "Watch sandboxes and their network, live.", this::call).build();
    }

    int call() throws IOException, InterruptedException {
        if (!RawTerminal.isInteractive()) {
            throw Failure.usage("the dashboard needs a terminal: see jsbx ls, or jsbx policy log");
        }
        String home = System.getProperty("jsbx.home");
        if (home == null) {
            throw Failure.own("the dashboard is started by the launcher: use ./jsbx dashboard");
        }
        Dashboard.run(Path.of(home, "jsbx"), isPlain());
        return 0;
    }

    // https://no-color.org, and terminals that know next to nothing.
    private static boolean isPlain() {
        String noColor = System.getenv("NO_COLOR");
        return noColor != null && !noColor.isEmpty() || "dumb".equals(System.getenv("TERM"));
    }
}

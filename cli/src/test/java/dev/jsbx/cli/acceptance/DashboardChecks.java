package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The dashboard in a terminal of 80 by 24 characters, which tmux plays. */
final class DashboardChecks {
    private DashboardChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("dashboard: stop, remove, leave", DashboardChecks::sandboxes),
                new Check("dashboard: allow and deny", DashboardChecks::network));
    }

    private static void sandboxes(JsbxProgram jsbx) throws Exception {
        List<String> words = jsbx.run("--name", "box", "sleep", "600");
        words.add(words.indexOf("box") + 1, "-d");
        assertThat(jsbx.call(words).code()).isZero();
        try (Tmux tmux = new Tmux(jsbx)) {
            String before = tmux.settings();
            tmux.type("clear; NO_COLOR=1 TERM=dumb " + jsbx.command());
            tmux.await("box.*running");
            assertThat(tmux.screen().lines().count()).isLessThanOrEqualTo(24);
            assertThat(tmux.colours()).doesNotContain("\u001b[3", "\u001b[4");
            tmux.keys("s");
            tmux.await("box.*stopped");
            tmux.keys("r");
            tmux.await("Remove box");
            tmux.keys("n");
            tmux.await("box stays");
            tmux.keys("Enter"); // which attaches, and starts it for that
            tmux.await("ws [$]");
            tmux.type("echo within-$((1 + 1)); exit");
            tmux.await("jsbx run box");
            tmux.keys("r", "y");
            tmux.await("[(]0[)]");
            tmux.keys("q");
            tmux.await("host>");
            assertThat(tmux.settings()).isEqualTo(before);
        }
        assertThat(jsbx.left()).isEmpty();
        jsbx.awaitNothingLeft();
    }

    private static void network(JsbxProgram jsbx) throws Exception {
        List<String> locked = jsbx.run("--network", "locked-down", "--name", "box");
        locked.addAll(List.of("sh", "-c", "nslookup denied.example.com; true"));
        Result result = jsbx.call(locked);
        assertThat(result.code()).as(result.err()).isZero();
        try (Tmux tmux = new Tmux(jsbx)) {
            tmux.type("clear; " + jsbx.command());
            tmux.await("box");
            tmux.keys("Tab");
            tmux.await("denied.example.com");
            tmux.keys("a");
            awaitRule(jsbx, "allow");
            tmux.keys("D");
            awaitRule(jsbx, "deny");
            tmux.keys("q");
            tmux.await("host>");
        }
        assertThat(jsbx.call(List.of("rm", "-f", "box")).code()).isZero();
        jsbx.awaitNothingLeft();
    }

    private static void awaitRule(JsbxProgram jsbx, String decision) throws Exception {
        Path policy = jsbx.state().resolve("jsbx/policy.yaml");
        JsbxProgram.await(
                decision + " in the policy",
                () -> text(policy).contains(decision + ": denied.example.com"));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // not there yet
        }
    }
}

package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Sandboxes that stay, branches, and what is to be looked at before it runs on the host. */
final class BranchChecks {
    private BranchChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("work on a branch, merged", BranchChecks::branch),
                new Check("listed and removed", BranchChecks::listed),
                new Check("git's hooks and config are guarded", BranchChecks::guarded),
                new Check("what may run by itself is named", BranchChecks::named));
    }

    private static void git(JsbxProgram jsbx, String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of("git", "-c", "user.name=n"));
        line.addAll(List.of("-c", "user.email=e@example.com"));
        line.addAll(List.of(words));
        Result result = JsbxProgram.finish(jsbx.startAny(line), new byte[0]);
        assertThat(result.code()).as(result.err()).isZero();
    }

    private static void repository(JsbxProgram jsbx) throws Exception {
        git(jsbx, "init", "-q", "-b", "main", ".");
        Files.writeString(jsbx.workspace().resolve("old"), "old\n");
        git(jsbx, "add", ".");
        git(jsbx, "commit", "-qm", "first");
    }

    private static void branch(JsbxProgram jsbx) throws Exception {
        repository(jsbx);
        List<String> run =
                jsbx.run("--branch", "work", "--name", "box", "sh", "-c", "echo new > new; pwd");
        Result result = jsbx.call(run);
        assertThat(result.out()).as(result.err()).isEqualTo(jsbx.workspace() + "\n");
        assertThat(jsbx.workspace().resolve("new")).doesNotExist();
        assertThat(jsbx.call(List.of("branch", "diff", "--stat")).out()).contains("new | +1 -0");
        Result merged = jsbx.call(List.of("branch", "merge"));
        assertThat(merged.code()).as(merged.err()).isZero();
        assertThat(jsbx.workspace().resolve("new")).hasContent("new");
    }

    private static void listed(JsbxProgram jsbx) throws Exception {
        assertThat(jsbx.call(List.of("ls")).out()).isEqualTo("No sandboxes found\n");
        assertThat(jsbx.call(jsbx.run("--name", "box", "--idle", "0s", "true")).code()).isZero();
        JsbxProgram.await("the end of " + jsbx.guests(), () -> jsbx.guests().isEmpty());
        assertThat(jsbx.call(List.of("ls")).out()).contains("box").contains("stopped");
        assertThat(jsbx.call(List.of("ls", "-q")).out()).isEqualTo("box\n");
        assertThat(jsbx.call(List.of("ls", "--json")).out()).contains("\"name\":\"box\"");
        Result unknown = jsbx.call(List.of("rm", "-f", "nope"));
        assertThat(unknown.err()).isEqualTo("jsbx: sandbox 'nope' not found: see jsbx ls\n");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(jsbx.call(List.of("rm", "-f", "box")).out())
                .isEqualTo("Sandbox 'box' removed\n");
        assertThat(jsbx.left()).isEmpty();
    }

    private static void guarded(JsbxProgram jsbx) throws Exception {
        repository(jsbx);
        String script =
                "echo x > .git/hooks/post-checkout; echo x >> .git/config; echo y > .git/new; ls";
        Result result = jsbx.call(jsbx.run("sh", "-c", script));
        assertThat(result.out()).isEqualTo("old\n");
        assertThat(jsbx.workspace().resolve(".git/hooks/post-checkout")).doesNotExist();
        assertThat(jsbx.workspace().resolve(".git/config")).content().doesNotContain("x\n");
        assertThat(jsbx.workspace().resolve(".git/new")).hasContent("y");
        Result open = jsbx.call(jsbx.run("--unguard", "sh", "-c", script));
        assertThat(open.err()).isEmpty();
        assertThat(jsbx.workspace().resolve(".git/hooks/post-checkout")).exists();
    }

    private static void named(JsbxProgram jsbx) throws Exception {
        List<String> run = jsbx.run("--name", "box", "sh", "-c", "echo 'x' > .envrc; echo > a");
        run.remove("-q");
        Result result = jsbx.call(run);
        assertThat(result.err())
                .isEqualTo(
                        "jsbx: changed, and may run on this host by itself: .envrc: see jsbx"
                                + " review box\n");
        Result review = jsbx.call(List.of("review", "box"));
        assertThat(review.out()).contains(".envrc").contains("+x");
        assertThat(review.code()).isEqualTo(1);
    }
}

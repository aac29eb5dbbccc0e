package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.util.List;
import java.util.Map;

/**
 * For the lab, where a guest takes half a minute: few checks, and much with each guest. With the
 * property {@code jsbx.lab=all} every check is made that needs neither network nor Debian, which
 * takes an hour; with another value those of the few whose names contain it.
 */
final class LabChecks {
    private static final List<String> GROUPS =
            List.of("streams", "isolation", "machine", "terminal");
    private static final String WANTED = System.getProperty("jsbx.lab", "");

    private LabChecks() {}

    /** Whether all are to be made, not few. */
    static boolean every() {
        return WANTED.equals("all");
    }

    /** In order. */
    static List<Check> all() {
        if (!every()) {
            return few().stream().filter(check -> check.name().contains(WANTED)).toList();
        }
        Map<String, List<Check>> groups = AcceptanceMain.groups();
        return GROUPS.stream().flatMap(group -> groups.get(group).stream()).toList();
    }

    private static List<Check> few() {
        return List.of(
                StreamChecks.all().get(1),
                new Check("1 CPU, 256 MiB, all used up: exit code 137", LabChecks::small),
                StreamChecks.manyBytes(),
                MachineChecks.ends().getFirst());
    }

    private static void small(JsbxProgram jsbx) throws Exception {
        String script = "nproc; awk '/MemTotal/ {print $2}' /proc/meminfo; exec tail /dev/zero";
        Result result = jsbx.call(jsbx.run("--cpus", "1", "-m", "256m", "sh", "-c", script));
        String[] lines = result.out().split("\n");
        assertThat(lines).as(result.err()).hasSize(2);
        assertThat(lines[0]).isEqualTo("1");
        assertThat(Integer.parseInt(lines[1])).isBetween(150_000, 262_144);
        assertThat(result.code()).isEqualTo(137);
    }
}

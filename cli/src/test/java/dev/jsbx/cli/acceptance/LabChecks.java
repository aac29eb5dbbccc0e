package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
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

    private static final long DAY = 86_400; // seconds
    private static final int MOMENTS = 60;

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
        List<Check> checks = new ArrayList<>();
        checks.add(StreamChecks.all().get(1));
        checks.add(new Check("1 CPU, 256 MiB, all used up: exit code 137", LabChecks::small));
        checks.add(new Check("4 CPUs, 6 GiB", LabChecks::large));
        checks.add(TerminalChecks.resize());
        checks.add(StreamChecks.manyBytes());
        checks.addAll(MachineChecks.ends());
        checks.add(DaxCheck.check());
        checks.add(new Check("the clock is set to tomorrow and back", LabChecks::clock));
        checks.add(SecretChecks.all().getFirst());
        checks.add(MachineChecks.manyBoots());
        return checks;
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

    private static void large(JsbxProgram jsbx) throws Exception {
        String script = "nproc; " + MachineChecks.MEMORY;
        List<String> run = jsbx.run("--cpus", "4", "-m", "6g", "-u", "root", "sh", "-c", script);
        Result result = jsbx.call(run);
        String[] lines = result.out().split("\n");
        assertThat(lines).as(result.err()).hasSize(3);
        assertThat(lines[0]).isEqualTo("4");
        MachineChecks.assertSixGib(new String[] {lines[1], lines[2]});
    }

    // Only here: the lab's clock is nobody else's.
    private static void clock(JsbxProgram jsbx) throws Exception {
        String script = "while date +%s; do sleep 1; done";
        Process process = jsbx.start(jsbx.run("sh", "-c", script));
        try (BufferedReader seconds = process.inputReader()) {
            awaitTime(seconds);
            shiftClock(DAY);
            awaitTime(seconds);
            shiftClock(-DAY);
            awaitTime(seconds);
        } finally {
            process.destroy();
            process.waitFor();
        }
        jsbx.awaitNothingLeft();
    }

    private static void shiftClock(long seconds) throws Exception {
        long now = System.currentTimeMillis() / 1000;
        Process date = new ProcessBuilder("date", "-s", "@" + (now + seconds)).start();
        assertThat(date.waitFor()).isZero();
    }

    /** Waits for a line with the time that the lab's clock shows. */
    private static void awaitTime(BufferedReader seconds) throws IOException {
        for (int i = 0; i < MOMENTS; i++) {
            String line = seconds.readLine();
            assertThat(line).isNotNull();
            long apart = System.currentTimeMillis() / 1000 - Long.parseLong(line);
            if (Math.abs(apart) < 5) {
                return;
            }
        }
        throw new AssertionError("the guest's clock does not follow the host's");
    }
}

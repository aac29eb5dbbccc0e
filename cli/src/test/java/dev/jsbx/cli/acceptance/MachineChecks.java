package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** CPUs, memory, and the ends that a machine can have. */
final class MachineChecks {
    private static final int MANY = 20;
    private static final String BEFORE = " before the command had ended\n";

    /** For a guest's root: how much memory there is, and where the last of it lies. */
    static final String MEMORY =
            "awk '/MemTotal/ {print $2}' /proc/meminfo; grep RAM /proc/iomem | tail -1";

    private MachineChecks() {}

    static List<Check> all() {
        List<Check> checks = new ArrayList<>();
        checks.add(new Check("1 CPU", jsbx -> cpus(jsbx, 1)));
        checks.add(new Check("4 CPUs", jsbx -> cpus(jsbx, 4)));
        checks.add(new Check("256 MiB", MachineChecks::littleMemory));
        checks.add(new Check("6 GiB, in part above 4 GiB", MachineChecks::muchMemory));
        checks.add(new Check("memory exhausted inside", MachineChecks::exhausted));
        checks.addAll(ends());
        checks.add(new Check("command killed", MachineChecks::commandKilled));
        checks.add(new Check("a name is kept", MachineChecks::named));
        checks.add(manyBoots());
        return checks;
    }

    static Check manyBoots() {
        return new Check(MANY + " boots in a row leave nothing", MachineChecks::manyBoots);
    }

    /** Those of a machine that ends before its command does. */
    static List<Check> ends() {
        return List.of(
                new Check("reboot", jsbx -> ends(jsbx, "reboot -f", "the guest rebooted")),
                new Check("poweroff", jsbx -> ends(jsbx, "poweroff -f", "the guest powered off")),
                new Check("kernel panic", MachineChecks::panic),
                new Check("VMM killed", MachineChecks::killed));
    }

    private static void cpus(JsbxProgram jsbx, int n) throws Exception {
        Result result = jsbx.call(jsbx.run("--cpus", Integer.toString(n), "nproc"));
        assertThat(result.out()).isEqualTo(n + "\n");
    }

    private static void littleMemory(JsbxProgram jsbx) throws Exception {
        Result result =
                jsbx.call(jsbx.run("-m", "256m", "awk", "/MemTotal/ {print $2}", "/proc/meminfo"));
        assertThat(Integer.parseInt(result.out().strip())).isBetween(150_000, 262_144);
    }

    private static void muchMemory(JsbxProgram jsbx) throws Exception {
        Result result = jsbx.call(jsbx.run("-m", "6g", "-u", "root", "sh", "-c", MEMORY));
        assertSixGib(result.out().split("\n"));
    }

    /** What {@link #MEMORY} prints. */
    static void assertSixGib(String[] lines) {
        assertThat(Integer.parseInt(lines[0])).isBetween(5_700_000, 6_291_456);
        assertThat(lines[1]).startsWith("100000000-").endsWith(" : System RAM");
    }

    private static void exhausted(JsbxProgram jsbx) throws Exception {
        Result result = jsbx.call(jsbx.run("-m", "256m", "sh", "-c", "tail /dev/zero; echo $?"));
        assertThat(result.out()).isEqualTo("137\n");
        assertThat(result.code()).isZero();
    }

    private static void ends(JsbxProgram jsbx, String command, String how) throws Exception {
        Result result = jsbx.call(jsbx.run("-u", "root", "sh", "-c", command + "; sleep 600"));
        assertThat(result.err()).isEqualTo("jsbx: " + how + BEFORE);
        assertThat(result.code()).isEqualTo(125);
        jsbx.awaitNothingLeft();
    }

    private static void panic(JsbxProgram jsbx) throws Exception {
        String script = "echo c > /proc/sysrq-trigger; sleep 600";
        Result result = jsbx.call(jsbx.run("-u", "root", "sh", "-c", script));
        assertThat(result.err()).startsWith("jsbx: the guest's kernel panicked").endsWith(BEFORE);
        assertThat(result.code()).isEqualTo(125);
        jsbx.awaitNothingLeft();
    }

    private static void killed(JsbxProgram jsbx) throws Exception {
        Process process = jsbx.start(jsbx.run("sh", "-c", "echo ready; sleep 600"));
        JsbxProgram.awaitLine(process, "ready");
        assertThat(jsbx.vmms()).hasSize(1);
        jsbx.vmms().getFirst().destroyForcibly();
        Result result = JsbxProgram.finish(process, new byte[0]);
        assertThat(result.err())
                .startsWith("jsbx: the VMM process of run-")
                .endsWith(" was killed by signal 9: start the command again\n");
        assertThat(result.code()).isEqualTo(125);
        JsbxProgram.await("the end of " + jsbx.guests(), () -> jsbx.guests().isEmpty());
        // Whatever it left is nobody's, and the next command takes it away.
        assertThat(jsbx.call(jsbx.run("true")).code()).isZero();
        jsbx.awaitNothingLeft();
    }

    private static void commandKilled(JsbxProgram jsbx) throws Exception {
        Process process = jsbx.start(jsbx.run("sh", "-c", "echo ready; sleep 600"));
        JsbxProgram.awaitLine(process, "ready");
        process.destroyForcibly();
        jsbx.awaitNothingLeft();
    }

    private static void manyBoots(JsbxProgram jsbx) throws Exception {
        List<String> before = hostResources();
        for (int i = 0; i < MANY; i++) {
            Result result = jsbx.call(jsbx.run("echo", "boot " + i));
            assertThat(result.out()).isEqualTo("boot " + i + "\n");
        }
        jsbx.awaitNothingLeft();
        assertThat(before).containsAll(hostResources());
    }

    // What a process cannot take with it: names of shared memory, mounts, network interfaces. Those
    // of others come and go as they like.
    private static List<String> hostResources() throws IOException {
        List<String> all = new ArrayList<>(Files.readAllLines(Path.of("/proc/self/mounts")));
        for (String directory : List.of("/dev/shm", "/sys/class/net")) {
            try (Stream<Path> entries = Files.list(Path.of(directory))) {
                entries.map(Path::toString).sorted().forEach(all::add);
            }
        }
        return all.stream().filter(name -> name.contains("jsbx")).toList();
    }

    private static void named(JsbxProgram jsbx) throws Exception {
        List<String> run = jsbx.run("--name", "box", "--idle", "0s", "hostname");
        assertThat(jsbx.call(run).out()).isEqualTo("box\n");
        JsbxProgram.await("the end of " + jsbx.guests(), () -> jsbx.guests().isEmpty());
        assertThat(jsbx.left()).containsExactly("box");
        assertThat(jsbx.call(run).out()).isEqualTo("box\n");
    }
}

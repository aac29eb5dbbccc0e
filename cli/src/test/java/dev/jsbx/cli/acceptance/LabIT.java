package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Checks on the kvm engine, in the lab: one boot of an emulated KVM host for all of them.
 *
 * <pre>
 *   LabIT ── LabProcess ── jsbx lab ──▶ AcceptanceMain ── jsbx run --engine kvm ──▶ guest
 *     └──── a test for each line "ok" or "FAILED" ◀──┘
 * </pre>
 *
 * <p>An emulator executes the lab, and it is not without faults of its own. So what a lab did not
 * come to because it died, and what failed, is tried once more in another lab; both tries are told.
 */
class LabIT {
    private static final int TRIES = 2;
    private static final int LABS = 4;

    private final List<Check> checks = LabChecks.all();
    private final Map<Integer, List<Outcome>> outcomes = new TreeMap<>();
    private int current = -1;
    private String end = "";

    @TestFactory
    Stream<DynamicTest> checks() throws Exception {
        List<Integer> left = left();
        for (int lab = 0; lab < LABS && !left.isEmpty(); lab++) {
            try (LabProcess process = LabProcess.start(left)) {
                process.lines().forEach(this::hear);
                end = process.end();
            }
            System.out.println("lab: " + end);
            left = left();
        }
        return IntStream.range(0, checks.size()).mapToObj(this::test);
    }

    // In the order of the checks: those that have not passed, and have a try left.
    private List<Integer> left() {
        return IntStream.range(0, checks.size())
                .filter(i -> !passed(i) && tries(i).size() < TRIES)
                .boxed()
                .toList();
    }

    private boolean passed(int check) {
        return tries(check).stream().anyMatch(Outcome::ok);
    }

    private List<Outcome> tries(int check) {
        return outcomes.getOrDefault(check, List.of());
    }

    private void hear(String line) {
        System.out.println("lab: " + line);
        String[] words = line.split(" +");
        boolean ok = words[0].equals("ok");
        if (ok || words[0].equals("FAILED")) {
            current = Integer.parseInt(words[1]);
            outcomes.computeIfAbsent(current, i -> new ArrayList<>())
                    .add(new Outcome(ok, new ArrayList<>()));
        } else if (current >= 0) {
            tries(current).getLast().details.add(line);
        }
    }

    private DynamicTest test(int check) {
        return DynamicTest.dynamicTest(
                checks.get(check).name(),
                () -> {
                    if (tries(check).isEmpty()) {
                        fail("was not made: the last lab " + end);
                    }
                    if (!passed(check)) {
                        fail(String.join("\n", tries(check).getLast().details));
                    }
                });
    }

    /** Of one try, and what was said of it. */
    private record Outcome(boolean ok, List<String> details) {}
}

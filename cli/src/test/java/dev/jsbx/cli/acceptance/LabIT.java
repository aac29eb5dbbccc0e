package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Checks on the kvm engine, in the lab: one boot of an emulated KVM host for all of them.
 *
 * <pre>
 *   LabIT ── jsbx lab ──▶ AcceptanceMain ── jsbx run --engine kvm ──▶ guest     one check
 *     └──── a test for each line "ok" or "FAILED" ◀──┘
 * </pre>
 */
class LabIT {
    private static final Path COMMAND =
            Path.of(System.getProperty("jsbx.command", "../jsbx")).toAbsolutePath().normalize();
    private static final List<String> LIBRARIES = List.of("assertj-core", "byte-buddy");
    private static final Path SHARED = Path.of("target", "lab").toAbsolutePath();

    /**
     * The lab's own kernel panics now and then, after some minutes of guests in it: the checks that
     * are left are then made in another lab.
     */
    private static final int LABS = 4;

    @TestFactory
    Stream<DynamicTest> checks() throws Exception {
        int wanted = AcceptanceMain.forTheLab().values().stream().mapToInt(List::size).sum();
        List<Outcome> outcomes = new ArrayList<>();
        String end = "";
        for (int i = 0; i < LABS && outcomes.size() < wanted; i++) {
            end = check(outcomes);
            System.out.println("lab: " + end);
        }
        String last = end;
        DynamicTest all =
                DynamicTest.dynamicTest(
                        "all checks were made",
                        () -> {
                            if (outcomes.size() < wanted) {
                                fail(outcomes.size() + " of " + wanted + "; " + last);
                            }
                        });
        return Stream.concat(outcomes.stream().map(Outcome::test), Stream.of(all));
    }

    /** Makes the checks that have no outcome yet in one lab; returns how that ended. */
    private static String check(List<Outcome> outcomes) throws Exception {
        Process lab =
                new ProcessBuilder(command(outcomes.size())).redirectErrorStream(true).start();
        lab.getOutputStream().close();
        String last = "nothing";
        try (BufferedReader lines = lab.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println("lab: " + line);
                last = line;
                if (line.startsWith("ok ") || line.startsWith("FAILED ")) {
                    outcomes.add(new Outcome(line, new ArrayList<>()));
                } else if (!outcomes.isEmpty()) {
                    outcomes.getLast().details.add(line);
                }
            }
        }
        return "ended with " + lab.waitFor() + ", and last said: " + last;
    }

    private static List<String> command(int made) throws IOException {
        Files.createDirectories(SHARED);
        String classes = Path.of("target", "test-classes").toAbsolutePath().toString();
        StringBuilder classPath = new StringBuilder(classes);
        for (String jar : System.getProperty("java.class.path").split(":")) {
            Path file = Path.of(jar);
            if (LIBRARIES.stream().anyMatch(file.getFileName().toString()::startsWith)) {
                Path copy = SHARED.resolve(file.getFileName());
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                classPath.append(':').append(copy);
            }
        }
        return List.of(
                COMMAND.toString(),
                "lab",
                "-q",
                "-T",
                "--",
                "sh",
                "-c",
                "exec \"$JAVA_HOME\"/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp \"$0\""
                        + " dev.jsbx.cli.acceptance.AcceptanceMain /usr/local/bin/jsbx kvm \"$1\"",
                classPath.toString(),
                "+" + made);
    }

    /** A line of {@link AcceptanceMain}, and what followed up to the next. */
    private record Outcome(String line, List<String> details) {
        DynamicTest test() {
            String name = line.substring(line.indexOf(' ')).strip();
            return DynamicTest.dynamicTest(
                    name,
                    () -> {
                        if (!line.startsWith("ok ")) {
                            fail(name + ": " + String.join("\n", details));
                        }
                    });
        }
    }
}

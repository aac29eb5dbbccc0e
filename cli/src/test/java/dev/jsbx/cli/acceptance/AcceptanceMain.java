package dev.jsbx.cli.acceptance;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The checks without JUnit: {@code AcceptanceMain COMMAND ENGINE [GROUP…]}, or numbers in place of
 * groups for those of {@link LabChecks}, or {@code soak} or {@code docker} for what takes long.
 * {@code -Djsbx.only=PATTERN} chooses checks by name.
 */
final class AcceptanceMain {
    private static final Pattern ONLY = Pattern.compile(System.getProperty("jsbx.only", ""));

    private AcceptanceMain() {}

    /** All checks by group. */
    static Map<String, List<Check>> groups() {
        Map<String, List<Check>> groups = new LinkedHashMap<>();
        groups.put("bad-input", BadInputChecks.all());
        groups.put("bad-share", BadShareChecks.all());
        groups.put("secret", SecretChecks.all());
        groups.put("aws", AwsChecks.all());
        groups.put("java", JavaTrustChecks.all());
        groups.put("streams", StreamChecks.all());
        groups.put("isolation", IsolationChecks.all());
        groups.put("shared-directory", SharedDirectoryChecks.all());
        groups.put("network", NetworkChecks.all());
        groups.put("ports", PortChecks.all());
        groups.put("suite", SuiteChecks.all());
        groups.put("clients", ClientChecks.all());
        groups.put("branch", BranchChecks.all());
        groups.put("agents", AgentChecks.all());
        groups.put("lifecycle", LifecycleChecks.all());
        groups.put("together", TogetherChecks.all());
        groups.put("faults", FaultChecks.all());
        groups.put("machine", MachineChecks.all());
        groups.put("terminal", TerminalChecks.all());
        groups.put("dashboard", DashboardChecks.all());
        return groups;
    }

    /** Exit code 1 if a check fails. */
    public static void main(String[] args) {
        Path command = Path.of(args[0]);
        int failed = 0;
        Map<String, Check> checks = chosen(List.of(args).subList(2, args.length));
        for (Map.Entry<String, Check> check : checks.entrySet()) {
            failed += made(command, args[1], check.getKey(), check.getValue()) ? 0 : 1;
        }
        System.out.println(checks.size() - failed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }

    private static Map<String, Check> chosen(List<String> words) {
        Map<String, Check> checks = new LinkedHashMap<>();
        boolean lab = !words.isEmpty() && words.getFirst().matches("[0-9]+");
        if (lab) {
            for (String number : words) {
                checks.put(number, LabChecks.all().get(Integer.parseInt(number)));
            }
            return checks;
        }
        Map<String, List<Check>> groups =
                words.equals(List.of("soak")) || words.equals(List.of("docker"))
                        ? Map.of("soak", SharedDirectorySoak.all(), "docker", DockerChecks.all())
                        : groups();
        groups.forEach(
                (group, all) -> {
                    for (Check check : all) {
                        if ((words.isEmpty() || words.contains(group))
                                && ONLY.matcher(check.name()).find()) {
                            checks.put(group + ": " + check.name(), check);
                        }
                    }
                });
        return checks;
    }

    private static boolean made(Path command, String engine, String name, Check check) {
        long start = System.nanoTime();
        try (JsbxProgram jsbx = new JsbxProgram(command, engine)) {
            check.body().run(jsbx);
            System.out.println("ok      " + name + millis(start));
            return true;
        } catch (Exception | AssertionError e) {
            System.out.println("FAILED  " + name + millis(start));
            e.printStackTrace(System.out);
            return false;
        }
    }

    private static String millis(long start) {
        return " (" + (System.nanoTime() - start) / 1_000_000 + " ms)";
    }
}

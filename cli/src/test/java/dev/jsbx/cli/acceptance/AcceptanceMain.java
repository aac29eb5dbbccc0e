package dev.jsbx.cli.acceptance;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The checks without JUnit: {@code AcceptanceMain COMMAND ENGINE [GROUP…]}, or {@code +N} in place
 * of groups for those of {@link #forTheLab} without the first N, or {@code soak} for what takes
 * long. {@code -Djsbx.only=PATTERN} chooses checks by name.
 */
final class AcceptanceMain {
    private static final Pattern ONLY = Pattern.compile(System.getProperty("jsbx.only", ""));

    private AcceptanceMain() {}

    /** All checks by group. */
    static Map<String, List<Check>> groups() {
        Map<String, List<Check>> groups = new LinkedHashMap<>();
        groups.put("bad-input", BadInputChecks.all());
        groups.put("secret", SecretChecks.all());
        groups.put("streams", StreamChecks.all());
        groups.put("isolation", IsolationChecks.all());
        groups.put("shared-directory", SharedDirectoryChecks.all());
        groups.put("network", NetworkChecks.all());
        groups.put("ports", PortChecks.all());
        groups.put("suite", SuiteChecks.all());
        groups.put("branch", BranchChecks.all());
        groups.put("lifecycle", LifecycleChecks.all());
        groups.put("faults", FaultChecks.all());
        groups.put("machine", MachineChecks.all());
        groups.put("terminal", TerminalChecks.all());
        return groups;
    }

    /**
     * Few enough for a lab, where each takes twenty seconds: exit codes and 100 MB there and back.
     */
    static Map<String, List<Check>> forTheLab() {
        return Map.of("streams", StreamChecks.all().subList(0, 7));
    }

    /** Exit code 1 if a check fails. */
    public static void main(String[] args) {
        List<String> wanted = List.of(args).subList(2, args.length);
        int skip = isFrom(wanted) ? Integer.parseInt(wanted.getFirst()) : 0;
        int passed = 0;
        int failed = 0;
        Map<String, List<Check>> groups =
                isFrom(wanted)
                        ? forTheLab()
                        : wanted.equals(List.of("soak"))
                                ? Map.of("soak", SharedDirectorySoak.all())
                                : groups();
        for (Map.Entry<String, List<Check>> group : groups.entrySet()) {
            if (!isFrom(wanted) && !wanted.isEmpty() && !wanted.contains(group.getKey())) {
                continue;
            }
            for (Check check : group.getValue()) {
                if (skip > 0) {
                    skip--;
                    continue;
                }
                if (!ONLY.matcher(check.name()).find()) {
                    continue;
                }
                String what = group.getKey() + ": " + check.name();
                long start = System.nanoTime();
                try (JsbxProgram jsbx = new JsbxProgram(Path.of(args[0]), args[1])) {
                    check.body().run(jsbx);
                    passed++;
                    System.out.println("ok      " + what + millis(start));
                } catch (Exception | AssertionError e) {
                    failed++;
                    System.out.println("FAILED  " + what + millis(start));
                    e.printStackTrace(System.out);
                }
            }
        }
        System.out.println(passed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }

    private static boolean isFrom(List<String> wanted) {
        return !wanted.isEmpty() && wanted.getFirst().startsWith("+");
    }

    private static String millis(long start) {
        return " (" + (System.nanoTime() - start) / 1_000_000 + " ms)";
    }
}

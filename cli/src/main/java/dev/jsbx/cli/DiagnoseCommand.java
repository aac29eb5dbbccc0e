package dev.jsbx.cli;

import dev.jsbx.cli.diagnose.Check;
import dev.jsbx.cli.diagnose.HostChecks;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx diagnose}: exit code 1 if something does not work. */
final class DiagnoseCommand {
    CommandSpec spec() {
        return Spec.of(
                        "diagnose",
                        "Check what jsbx needs of this host, and say what to do.",
                        this::call)
                .build();
    }

    private int call() {
        List<Check> checks = HostChecks.all();
        for (Check check : checks) {
            System.out.println(
                    String.format("%-5s%-16s %s", check.level(), check.what(), check.found()));
            for (String detail : check.details()) {
                System.out.println("                      " + detail);
            }
            if (!check.hint().isEmpty()) {
                System.out.println("                      → " + check.hint());
            }
        }
        boolean failed = checks.stream().anyMatch(check -> check.level() == Check.Level.FAIL);
        return failed ? Failure.FAILED : 0;
    }
}

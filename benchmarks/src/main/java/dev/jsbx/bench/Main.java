package dev.jsbx.bench;

import dev.jsbx.bench.fs.DaxComparison;
import dev.jsbx.bench.fs.FsComparison;
import dev.jsbx.bench.life.BranchDiffComparison;
import dev.jsbx.bench.life.SandboxFigures;
import dev.jsbx.bench.net.GuestNetComparison;
import dev.jsbx.bench.net.TapComparison;
import dev.jsbx.bench.secret.ProxyComparison;
import dev.jsbx.bench.start.BootComparison;
import dev.jsbx.bench.start.MemoryFigures;
import dev.jsbx.bench.start.StartComparison;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Runs comparisons by name, or JMH; see {@code benchmarks/run}. */
public final class Main {
    private static final List<Comparison> COMPARISONS =
            List.of(
                    new PortExitComparison(),
                    new StartComparison(launcher()),
                    new BootComparison(launcher()),
                    new MemoryFigures(launcher(), "qemu"),
                    new SandboxFigures(launcher()),
                    new BranchDiffComparison(launcher()),
                    new FsComparison(),
                    new DaxComparison(launcher()),
                    new TapComparison(),
                    new GuestNetComparison(),
                    new ProxyComparison());

    private Main() {}

    private static Path launcher() {
        return Path.of(System.getProperty("jsbx.home", "."), "jsbx").toAbsolutePath();
    }

    /** Exit code 0, 1 if a benchmark cannot run, 2 if there is none of that name. */
    public static void main(String[] args) throws Exception {
        PrintWriter out = new PrintWriter(System.out, true);
        if (args.length > 0 && args[0].equals("jmh")) {
            org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
        } else if (args.length == 0) {
            out.println("benchmarks/run NAME… compares:");
            for (Comparison comparison : COMPARISONS) {
                out.printf("  %-20s %s%n", comparison.name(), comparison.what());
            }
            out.println("benchmarks/run jmh [OPTIONS] runs JMH benchmarks; -l lists them");
        } else {
            System.exit(compare(args, out));
        }
    }

    private static int compare(String[] names, PrintWriter out) {
        for (String name : names) {
            Comparison chosen =
                    COMPARISONS.stream()
                            .filter(c -> c.name().equals(name))
                            .findFirst()
                            .orElse(null);
            if (chosen == null) {
                System.err.println("benchmarks: no " + name + "; benchmarks/run lists them all");
                return 2;
            }
            try {
                chosen.run(out);
                out.flush();
            } catch (Exception e) {
                System.err.println("benchmarks: " + name + ": " + e.getMessage());
                return 1;
            }
        }
        return 0;
    }
}

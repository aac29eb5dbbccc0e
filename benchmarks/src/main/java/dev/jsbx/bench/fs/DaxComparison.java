package dev.jsbx.bench.fs;

import dev.jsbx.bench.CProgram;
import dev.jsbx.bench.Comparison;
import dev.jsbx.bench.Median;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A shared directory with files mapped into the guest against the same without, on the kvm engine,
 * in the lab: guests with {@code --dax} and without take turns, each with its own copy of the file.
 * {@code -Djsbx.bench.pairs=N} pairs of them; {@code -Djsbx.bench.mib=N} is the file's size.
 */
public final class DaxComparison implements Comparison {
    private static final int PAIRS = Integer.getInteger("jsbx.bench.pairs", 3);
    private static final long MIB = Long.getLong("jsbx.bench.mib", 64);
    private static final String WINDOW = "256m";
    private static final List<String> MODES = List.of("off", WINDOW);

    /**
     * Its words: how many pairs, the program, the window, bytes of the file. Says the mode before a
     * guest's rows.
     */
    private static final String SCRIPT =
            """
            set -e
            mkdir /tmp/w && cd /tmp/w && cp "$1" rows && mkdir small
            for i in $(seq 0 499); do echo "content of $i" > small/$i; done
            for pair in $(seq "$0"); do
                for dax in off "$2"; do
                    rm -f big && head -c "$3" /dev/urandom > big
                    echo "mode $dax"
                    jsbx run -q --engine kvm --image minimal --network none -m 512m \\
                        --dax $dax ./rows
                done
            done
            """;

    private final Path jsbx;

    /**
     * @param jsbx the launcher
     */
    public DaxComparison(Path jsbx) {
        this.jsbx = jsbx;
    }

    @Override
    public String name() {
        return "dax";
    }

    @Override
    public String what() {
        return "in the lab: a shared file mapped into the guest (--dax) against requests";
    }

    @Override
    public void run(PrintWriter out) throws Exception {
        try (CProgram program = CProgram.compile(DaxComparison.class, "dax-rows.c", "-static")) {
            Process lab = lab(program.binary());
            Map<String, List<List<Double>>> rows = rows(lab, out);
            if (lab.waitFor() != 0 || rows.isEmpty()) {
                throw new IOException("the lab's part failed: see above");
            }
            print(out, rows);
        }
    }

    /** Milliseconds of each row, of each mode; what is said goes through, too. */
    private static Map<String, List<List<Double>>> rows(Process lab, PrintWriter out)
            throws IOException {
        Map<String, List<List<Double>>> rows = new LinkedHashMap<>();
        int mode = -1;
        try (BufferedReader lines = lab.inputReader(StandardCharsets.UTF_8)) {
            for (String line; (line = lines.readLine()) != null; ) {
                String[] words = line.split("\t");
                out.println(line);
                if (line.startsWith("mode ")) {
                    mode = MODES.indexOf(line.substring("mode ".length()));
                } else if (words.length == 2 && mode >= 0) {
                    rows.computeIfAbsent(
                                    words[0], row -> List.of(new ArrayList<>(), new ArrayList<>()))
                            .get(mode)
                            .add(Double.parseDouble(words[1]));
                }
            }
        }
        return rows;
    }

    private Process lab(Path program) throws IOException {
        List<String> line = new ArrayList<>(List.of(jsbx.toString(), "lab", "-q", "-T"));
        line.addAll(List.of("--", "sh", "-c", SCRIPT, Integer.toString(PAIRS)));
        line.addAll(List.of(program.toString(), WINDOW, Long.toString(MIB << 20)));
        Process lab =
                new ProcessBuilder(line)
                        .directory(program.getParent().toFile())
                        .redirectErrorStream(true)
                        .start();
        lab.getOutputStream().close();
        return lab;
    }

    private static void print(PrintWriter out, Map<String, List<List<Double>>> rows) {
        out.printf(
                "| in the lab, medians of %d | requests | --dax %s | times as fast |%n",
                PAIRS, WINDOW);
        out.println("|---|---:|---:|---:|");
        rows.forEach(
                (row, modes) -> {
                    double without = Median.of(modes.get(0));
                    double with = Median.of(modes.get(1));
                    out.printf(
                            "| %s | %.0f ms | %.0f ms | %.2f |%n",
                            row, without, with, without / with);
                });
    }
}

package dev.jsbx.cli.dashboard;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The sandboxes: what they are and what they use. */
final class SandboxPanel implements Panel {
    private static final int NAME = 22;
    private static final int STATE = 8;
    private static final int CPU = 6;
    private static final int MEMORY = 8;
    private static final int BRANCH = 14;
    private static final int GAP = 1;

    /**
     * One sandbox.
     *
     * @param state running, stopped or damaged
     * @param cpu percent of one processor
     * @param memory bytes of the host's that it has
     */
    record Row(
            String name,
            String state,
            double cpu,
            long memory,
            String branch,
            String ports,
            String detail) {}

    private final Supplier<List<Row>> source;
    private List<Row> rows = List.of();
    private String chosenName = "";

    /**
     * @param source asked for all of them at each refresh
     */
    SandboxPanel(Supplier<List<Row>> source) {
        this.source = source;
    }

    @Override
    public String title() {
        return "Sandboxes";
    }

    @Override
    public String keys() {
        return "Enter attach  x shell  s start/stop  r remove  Tab network  q quit";
    }

    @Override
    public void refresh() {
        int at = Math.max(0, chosen());
        rows = source.get();
        if (chosen() < 0) {
            choose(at);
        }
    }

    static String size(long bytes) {
        return bytes >= 10L << 30
                ? (bytes >> 30) + " GiB"
                : bytes == 0 ? "" : (bytes >> 20) + " MiB";
    }

    @Override
    public String head(int columns) {
        return line("SANDBOX", "STATE", "CPU", "MEMORY", "BRANCH", "PORTS", columns);
    }

    @Override
    public List<String> lines(int columns) {
        return rows.stream()
                .map(
                        row ->
                                line(
                                        row.name,
                                        row.state,
                                        row.state.equals("running")
                                                ? String.format(Locale.ROOT, "%.0f%%", row.cpu)
                                                : "",
                                        size(row.memory),
                                        row.branch,
                                        row.ports,
                                        columns))
                .toList();
    }

    private static String line(
            String name,
            String state,
            String cpu,
            String memory,
            String branch,
            String ports,
            int columns) {
        String gap = " ".repeat(GAP);
        return Text.cut(
                String.join(
                        gap,
                        Text.cell(name, NAME),
                        Text.cell(state, STATE),
                        Text.cell(cpu, CPU),
                        Text.cell(memory, MEMORY),
                        Text.cell(branch, BRANCH),
                        ports),
                columns);
    }

    @Override
    public String detail() {
        return chosen() < 0
                ? rows.isEmpty() ? "No sandboxes: jsbx run claude . makes one" : ""
                : rows.get(chosen()).detail;
    }

    @Override
    public void move(int by) {
        choose(chosen() + by);
    }

    private void choose(int index) {
        if (!rows.isEmpty()) {
            chosenName = rows.get(Math.clamp(index, 0, rows.size() - 1)).name;
        }
    }

    @Override
    public int chosen() {
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).name.equals(chosenName)) {
                return i;
            }
        }
        return -1;
    }

    /** The chosen sandbox, or null. */
    Row chosenRow() {
        return chosen() < 0 ? null : rows.get(chosen());
    }
}

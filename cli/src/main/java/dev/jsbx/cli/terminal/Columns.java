package dev.jsbx.cli.terminal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** A table of text whose columns are as wide as they need to be, three spaces apart. */
public final class Columns {
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * @param head of each column
     */
    public Columns(String... head) {
        row(head);
    }

    /** Adds a line, with a cell for each column. */
    public void row(String... cells) {
        rows.add(List.of(cells));
    }

    /** Prints the table. */
    public void print(PrintStream out) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = row.get(i);
                line.append(cell).append(" ".repeat(widths[i] - cell.length() + 3));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}

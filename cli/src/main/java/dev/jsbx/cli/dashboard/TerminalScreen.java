package dev.jsbx.cli.dashboard;

import dev.jsbx.cli.terminal.RawTerminal;
import dev.jsbx.vmm.linux.Terminal;
import java.io.PrintStream;
import java.util.List;

/** The terminal's alternate screen, drawn by the few sequences that every terminal knows. */
final class TerminalScreen implements Screen, AutoCloseable {
    private static final String ENTER = "\033[?1049h\033[?25l";
    private static final String LEAVE = "\033[?25h\033[?1049l";
    private static final String HOME = "\033[H";
    private static final String END_OF_LINE = "\033[K";
    private static final String END_OF_SCREEN = "\033[J";
    private static final String REVERSE = "\033[7m";
    private static final String PLAIN = "\033[m";
    private static final int STDOUT = 1;
    private static final int COLUMNS = 80;
    private static final int ROWS = 24;

    private final PrintStream out;
    private final boolean reverse;
    private RawTerminal terminal;

    /**
     * Takes the terminal of standard input and output.
     *
     * @param reverse whether the marked line is to be shown in reverse
     */
    TerminalScreen(PrintStream out, boolean reverse) {
        this.out = out;
        this.reverse = reverse;
        takeBack();
    }

    @Override
    public int columns() {
        int columns = Terminal.size(STDOUT).columns();
        return columns > 0 ? columns : COLUMNS;
    }

    @Override
    public int rows() {
        int rows = Terminal.size(STDOUT).rows();
        return rows > 0 ? rows : ROWS;
    }

    @Override
    public synchronized void show(List<String> lines, int marked) {
        if (terminal == null) {
            return;
        }
        StringBuilder text = new StringBuilder(HOME);
        for (int i = 0; i < lines.size(); i++) {
            boolean inReverse = reverse && i == marked;
            text.append(i == 0 ? "" : "\r\n")
                    .append(inReverse ? REVERSE : "")
                    .append(lines.get(i))
                    .append(inReverse ? PLAIN : "")
                    .append(END_OF_LINE);
        }
        out.print(text.append(END_OF_SCREEN));
        out.flush();
    }

    @Override
    public synchronized void lend() {
        if (terminal != null) {
            out.print(LEAVE);
            out.flush();
            terminal.close();
            terminal = null;
        }
    }

    @Override
    public synchronized void takeBack() {
        if (terminal == null) {
            terminal = RawTerminal.enter();
            out.print(ENTER);
            out.flush();
        }
    }

    @Override
    public void close() {
        lend();
    }
}

package dev.jsbx.cli.dashboard;

import java.util.List;
import java.util.function.Consumer;

/** Commands of jsbx, run as the user would. */
interface Commands {
    /**
     * Runs one on the terminal, which it has for itself, until it ends.
     *
     * @return its exit code
     */
    int onTerminal(List<String> words) throws InterruptedException;

    /**
     * Runs one beside the dashboard.
     *
     * @param said told the last line of what it said, when it has ended; any thread
     */
    void beside(List<String> words, Consumer<String> said);
}

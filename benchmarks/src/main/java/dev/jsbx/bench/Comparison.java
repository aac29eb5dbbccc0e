package dev.jsbx.bench;

import java.io.PrintWriter;

/** Ours against theirs. */
public interface Comparison {
    /** What to call it on the command line. */
    String name();

    /** One line: what is compared with what. */
    String what();

    /**
     * Measures and prints both figures and their ratio.
     *
     * @param out where to; the caller flushes
     * @throws Exception if it cannot run here; the message says what is missing
     */
    void run(PrintWriter out) throws Exception;
}

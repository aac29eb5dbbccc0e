package dev.jsbx.image.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A command in the guest as seen by who is at its streams. For any number of threads. */
public interface CommandSession extends AutoCloseable {
    /** Standard input; closing it is end of file, or control-D on a terminal. */
    OutputStream stdin();

    /** Standard output, or all that the terminal shows. */
    InputStream stdout();

    /** Standard error; empty with a terminal. */
    InputStream stderr();

    /** Tells the terminal its new size; without a terminal nothing happens. */
    void resize(TerminalSize size) throws IOException;

    /**
     * Sends a signal.
     *
     * @param number Linux' number, 1 to 64
     */
    void signal(int number) throws IOException;

    /**
     * Waits for the end; both outputs are to be read meanwhile.
     *
     * @throws IOException if the connection to the guest broke
     */
    ExitStatus waitFor() throws IOException, InterruptedException;

    /**
     * Goes away from the command, which goes on if it can.
     *
     * @return whether it does; otherwise it was hung up on
     */
    boolean leave();

    /** Hangs up on the command, if it has not ended. */
    @Override
    void close();
}

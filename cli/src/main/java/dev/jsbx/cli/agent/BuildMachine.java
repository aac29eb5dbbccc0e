package dev.jsbx.cli.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A sandbox that lives for one script: what an installer runs is kept off the host. */
@FunctionalInterface
public interface BuildMachine {
    /**
     * What to run.
     *
     * @param tree directory of the host that the guest may write
     * @param prefix where the guest sees it
     * @param disk takes all else that the guest writes, and is kept; null if that may go
     * @param script for {@code sh}, as root
     * @param lines told what it says
     */
    record Job(Path tree, Path prefix, Path disk, String script, Consumer<String> lines) {}

    /**
     * Runs the script to its end, and ends the guest in order.
     *
     * @return its exit code
     * @throws dev.jsbx.cli.Failure if there was no such sandbox
     */
    int run(Job job) throws IOException, InterruptedException;
}

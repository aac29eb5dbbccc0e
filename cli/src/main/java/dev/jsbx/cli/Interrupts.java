package dev.jsbx.cli;

import dev.jsbx.vmm.linux.Signals;

/**
 * Undoes the launcher's blocking of signals where no command passes them on: {@code ./jsbx} blocks
 * them as soon as a word {@code run} or {@code exec} is among the arguments.
 */
final class Interrupts {
    private Interrupts() {}

    static void endThisProcessUnlessPassedOn(String[] args) {
        if (System.getProperty("jsbx.signals") == null) {
            return;
        }
        String command = Jsbx.firstWord(args);
        if (!"run".equals(command) && !"exec".equals(command)) {
            // One thread that lets them through is enough for their default action.
            Signals.unblockAll();
        }
    }
}

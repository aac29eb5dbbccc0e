package dev.jsbx.cli;

import dev.jsbx.vmm.linux.Signals;
import java.util.Set;

/**
 * Undoes the launcher's blocking of signals where no command passes them on: {@code ./jsbx} blocks
 * them as soon as the name of one that does is among the arguments.
 */
final class Interrupts {
    private static final Set<String> PASS_THEM_ON = Set.of("run", "exec", "attach", "lab");

    private Interrupts() {}

    static void endThisProcessUnlessPassedOn(String[] args) {
        if (System.getProperty("jsbx.signals") == null) {
            return;
        }
        String command = Jsbx.firstWord(args);
        if (command == null || !PASS_THEM_ON.contains(command)) {
            // One thread that lets them through is enough for their default action.
            Signals.unblockAll();
        }
    }
}

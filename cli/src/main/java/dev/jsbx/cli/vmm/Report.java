package dev.jsbx.cli.vmm;

import dev.jsbx.cli.engine.MachineEnd;

/**
 * A line that a VMM process says on its standard output.
 *
 * @param what which kind
 * @param name of a mark, or the kind of an end
 * @param nanos of a mark, as {@link System#nanoTime} counts in every process of a host
 * @param text of a failure or an end, for people
 */
record Report(What what, String name, long nanos, String text) {
    enum What {
        /** A point of start-up was passed. */
        MARK,
        /** The machine could not be started. */
        FAILED,
        /** The guest has ended. */
        END
    }

    static Report mark(String name) {
        return new Report(What.MARK, name, System.nanoTime(), "");
    }

    static Report failed(String text) {
        return new Report(What.FAILED, "-", 0, text);
    }

    static Report end(MachineEnd end) {
        return new Report(What.END, end.kind().name(), 0, end.detail());
    }

    /** As one line, without its end. */
    String line() {
        return what + " " + name + " " + nanos + " " + text.replace('\n', ' ');
    }

    /** Reads {@link #line}; null if it is none. */
    static Report parse(String line) {
        String[] parts = line.split(" ", 4);
        if (parts.length < 4) {
            return null;
        }
        for (What what : What.values()) {
            if (what.name().equals(parts[0])) {
                return new Report(what, parts[1], Long.parseLong(parts[2]), parts[3]);
            }
        }
        return null;
    }

    /** What an END says. */
    MachineEnd machineEnd() {
        return new MachineEnd(MachineEnd.Kind.valueOf(name), text);
    }
}

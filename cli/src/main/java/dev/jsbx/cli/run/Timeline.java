package dev.jsbx.cli.run;

import dev.jsbx.image.agent.Hello;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where start-up time went: points in time on the host's monotonic clock, which all processes of
 * the host share and the guest's is converted to. Any thread may mark.
 */
public final class Timeline {
    private static final long TICK_NANOS = 10_000_000; // USER_HZ is 100 on every Linux

    private record Mark(String what, long nanos) {}

    private final List<Mark> marks = new ArrayList<>();

    Timeline() {
        at("process started", processStart());
        mark("command's JVM");
    }

    // proc_pid_stat(5), field 22: clock ticks since boot. The name before it may hold blanks.
    private static long processStart() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            String uptime = Files.readString(Path.of("/proc/uptime"));
            long boot = (long) (Double.parseDouble(uptime.split(" ")[0]) * 1e9);
            return System.nanoTime() - (boot - Long.parseLong(fields[19]) * TICK_NANOS);
        } catch (IOException | RuntimeException e) {
            return System.nanoTime();
        }
    }

    /** A point is passed now. */
    void mark(String what) {
        at(what, System.nanoTime());
    }

    /** A point was passed at a time of {@link System#nanoTime}, in whatever process. */
    synchronized void at(String what, long nanos) {
        marks.add(new Mark(what, nanos));
    }

    /**
     * The guest's own points.
     *
     * @param received when the hello came, as {@link System#nanoTime} counts
     */
    void guest(Hello hello, long received) {
        at("kernel entered", received - hello.now());
        for (Map.Entry<Hello.Point, Long> point : hello.timeline().entrySet()) {
            String what =
                    switch (point.getKey()) {
                        case INIT -> "init started";
                        case MODULES -> "modules loaded";
                        case ROOT -> "root mounted";
                        case SHARES -> "workspace mounted";
                        case NET -> "network configured";
                        case READY -> "agent ready";
                    };
            at(what, received - hello.now() + point.getValue());
        }
    }

    /** Prints the points in order, each with the time since the first and since the one before. */
    synchronized void print(PrintStream out) {
        marks.sort(Comparator.comparingLong(Mark::nanos));
        long first = marks.getFirst().nanos;
        long before = first;
        out.println("      at      took  (ms)");
        for (Mark mark : marks) {
            out.println(
                    String.format(
                            Locale.ROOT,
                            "%8.1f  %8.1f  %s",
                            (mark.nanos - first) / 1e6,
                            (mark.nanos - before) / 1e6,
                            mark.what));
            before = mark.nanos;
        }
    }
}

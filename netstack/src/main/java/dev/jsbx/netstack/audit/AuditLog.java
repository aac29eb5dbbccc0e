package dev.jsbx.netstack.audit;

import dev.jsbx.netstack.policy.Decision;
import java.lang.foreign.Arena;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/**
 * Writes down what one sandbox attempts. The record of an attempt is in the file before {@link
 * #attempt} returns, so before a byte may flow; what became of it follows as records of their own
 * that carry its number, and readers put them together. A killed process therefore leaves attempts
 * without an end, but no byte without an attempt.
 *
 * <p>Any thread may call; calls are short (one system call) and exclude each other.
 */
public final class AuditLog implements AutoCloseable {
    /** No record is longer, in bytes. */
    public static final int LONGEST_RECORD = JsonLine.CAPACITY;

    private static final int MAX_NAME = 256;
    private static final int MAX_WORD = 64;
    private static final int MAX_RULE = 600;
    private static final int MAX_REASON = 2048;
    private static final int MAX_PATH = 4096;

    private final String sandbox;
    private final BooleanSupplier mayBeUnlogged;
    private final InstantSource clock;
    private final Arena arena = Arena.ofShared();
    private final JsonLine line = new JsonLine(arena.allocate(JsonLine.CAPACITY));
    private final TimeStamp now = new TimeStamp();
    private final AuditSink sink;
    private final String idPrefix;
    private long lastNumber;
    private long unlogged;
    private boolean closed;

    private AuditLog(
            AuditOptions options,
            String sandbox,
            BooleanSupplier mayBeUnlogged,
            InstantSource clock) {
        this.sandbox = sandbox;
        this.mayBeUnlogged = mayBeUnlogged;
        this.clock = clock;
        this.sink = new AuditSink(options, sandbox);
        this.idPrefix =
                Long.toString(clock.millis(), Character.MAX_RADIX)
                        + '-'
                        + Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX)
                        + '-';
    }

    /** Opens the log for a sandbox; files are made when there is something to write. */
    public static AuditLog open(AuditOptions options, String sandbox) {
        return open(options, sandbox, InstantSource.system());
    }

    /**
     * The same for who may want attempts to go on that cannot be written down.
     *
     * @param mayBeUnlogged asked each time that happens; if so, the attempt is only counted ({@link
     *     #unlogged})
     */
    public static AuditLog open(
            AuditOptions options, String sandbox, BooleanSupplier mayBeUnlogged) {
        return new AuditLog(options, sandbox, mayBeUnlogged, InstantSource.system());
    }

    /** The same with a clock of the caller's. */
    static AuditLog open(AuditOptions options, String sandbox, InstantSource clock) {
        return new AuditLog(options, sandbox, () -> false, clock);
    }

    /**
     * Writes down an attempt.
     *
     * @return its number, for {@link #request} and {@link #end}
     * @throws AuditException if it could not be written, and nothing may go unlogged: the attempt
     *     must fail then
     */
    public synchronized long attempt(Attempt attempt) {
        long number = ++lastNumber;
        Decision decision = attempt.decision();
        begin("attempt", number)
                .text("protocol", attempt.protocol(), MAX_WORD)
                .text("name", attempt.name(), MAX_NAME)
                .text(
                        "address",
                        attempt.address() == null ? null : attempt.address().toString(),
                        MAX_WORD);
        if (attempt.port() > 0) {
            line.number("port", attempt.port());
        }
        line.text("via", attempt.via().text(), MAX_WORD)
                .text("decision", decision.action(), MAX_WORD)
                .text("rule", decision.rule(), MAX_RULE)
                .text("reason", decision.reason(), MAX_REASON);
        write();
        return number;
    }

    /**
     * Writes down a request inside an attempt, before it is passed on.
     *
     * @param number of the attempt
     * @param host whom the request names; null if nobody
     * @param path with or without a query, which is left out: it may hold credentials
     * @param secret the name of the secret that the proxy adds, never its value; null for none
     * @throws AuditException as in {@link #attempt}
     */
    public synchronized void request(
            long number,
            String method,
            String host,
            String path,
            Decision decision,
            String secret) {
        begin("request", number)
                .text("method", method, MAX_WORD)
                .text("host", host, MAX_NAME)
                .text("path", withoutQuery(path), MAX_PATH)
                .text("decision", decision.action(), MAX_WORD)
                .text("rule", decision.rule(), MAX_RULE)
                .text("reason", decision.reason(), MAX_REASON)
                .text("secret", secret, MAX_NAME);
        write();
    }

    private static String withoutQuery(String path) {
        if (path == null) {
            return null;
        }
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) == '?' || path.charAt(i) == '#') {
                return path.substring(0, i);
            }
        }
        return path;
    }

    /**
     * Writes down how an allowed attempt ended. Never throws: it is over already.
     *
     * @param number of the attempt
     * @param sent bytes from the guest
     * @param received bytes to the guest
     * @param nanos how long it took
     * @param end in one word, such as {@code finished}
     */
    public synchronized void end(long number, long sent, long received, long nanos, String end) {
        if (closed) {
            unlogged++;
            return;
        }
        begin("end", number)
                .number("sent", sent)
                .number("received", received)
                .number("micros", nanos / 1000)
                .text("end", end, MAX_WORD);
        try {
            append();
        } catch (AuditException e) {
            unlogged++;
        }
    }

    /** How many records could not be written. */
    public synchronized long unlogged() {
        return unlogged;
    }

    private JsonLine begin(String event, long number) {
        if (closed) {
            throw new AuditException("the audit log is closed");
        }
        return line.begin(event)
                .time("time", now.set(clock.millis()))
                .numbered("id", idPrefix, number)
                .text("sandbox", sandbox, MAX_WORD);
    }

    private void write() {
        try {
            append();
        } catch (AuditException e) {
            unlogged++;
            if (!mayBeUnlogged.getAsBoolean()) {
                throw e;
            }
        }
    }

    private void append() {
        sink.append(line.end(), now.day());
    }

    /** Closes the files; what is attempted from now on fails. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            sink.close();
            arena.close();
        }
    }
}

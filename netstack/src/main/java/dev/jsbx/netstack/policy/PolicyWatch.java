package dev.jsbx.netstack.policy;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The engine of a running sandbox: always compiled from what the policy file says now. A thread
 * follows the file and the host's addresses; {@link #get} is one read of a field.
 *
 * <p>A file that cannot be read, or is gone, denies everything until it is whole again. Editors
 * that write in place or move the old file away first leave a moment in which there is no whole
 * file; what is broken therefore counts only once it has stayed the same for {@value
 * #SETTLE_MILLIS} ms.
 */
public final class PolicyWatch implements Supplier<PolicyEngine>, AutoCloseable {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(PolicyWatch.class);

    private static final long SETTLE_MILLIS = 100;
    private static final int SETTLE_TRIES = 20;

    /** Catches what the kernel does not report: files on network file systems, new addresses. */
    private static final long POLL_SECONDS = 10;

    private final PolicyFile file;
    private final Optional<String> sandbox;
    private final Optional<Mode> mode;
    private final Grant grant;
    private final WatchService events;
    private boolean existed;
    private State state;
    private volatile PolicyEngine engine;
    private volatile boolean closed;
    private Thread thread;

    /** What an engine was made of. */
    private record State(
            Optional<Object> identity, Policy policy, String broken, HostAddresses host) {
        boolean saysTheSame(State other) {
            return Objects.equals(policy, other.policy)
                    && Objects.equals(broken, other.broken)
                    && Objects.equals(host, other.host);
        }
    }

    private PolicyWatch(PolicyFile file, Optional<String> sandbox, Optional<Mode> mode, Grant grant)
            throws IOException {
        this.file = file;
        this.sandbox = sandbox;
        this.mode = mode;
        this.grant = grant;
        this.events = FileSystems.getDefault().newWatchService();
        watchDirectories();
        this.state = first();
        this.engine = compile(state);
    }

    /**
     * Compiles the policy; {@link #follow} is to be called next.
     *
     * @param sandbox whose rules count besides the global ones; empty for none
     * @param mode what takes the place of the file's mode, as {@code --network} does; empty for
     *     that
     * @throws IOException if the file's directory can be neither made nor watched
     */
    public static PolicyWatch open(PolicyFile file, Optional<String> sandbox, Optional<Mode> mode)
            throws IOException {
        return open(file, sandbox, mode, Grant.NONE);
    }

    /**
     * The same with what the sandbox may reach besides.
     *
     * @param grant beside the file's rules
     */
    public static PolicyWatch open(
            PolicyFile file, Optional<String> sandbox, Optional<Mode> mode, Grant grant)
            throws IOException {
        return new PolicyWatch(file, sandbox, mode, grant);
    }

    /**
     * Follows the file from now on; what changed since {@link #open} counts.
     *
     * @param listener called on the watching thread with each new engine, after {@link #get} has
     *     it; here connections that stand are decided anew. What it throws is logged, and it is
     *     called again with the next engine.
     */
    public void follow(Consumer<PolicyEngine> listener) {
        thread = Thread.ofPlatform().daemon().name("policy-watch").start(() -> run(listener));
    }

    /** The engine of this moment. */
    @Override
    public PolicyEngine get() {
        return engine;
    }

    private void watchDirectories() throws IOException {
        Path directory = file.path().toAbsolutePath().getParent();
        Files.createDirectories(directory);
        watch(directory);
        if (file.exists()) { // a symbolic link's target changes in another directory
            Path real = file.path().toRealPath().getParent();
            if (!real.equals(directory.toRealPath())) {
                watch(real);
            }
        }
    }

    private void watch(Path directory) throws IOException {
        directory.register(
                events,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
    }

    private void run(Consumer<PolicyEngine> listener) {
        try {
            while (!closed) {
                refresh(listener);
                WatchKey key = events.poll(POLL_SECONDS, TimeUnit.SECONDS);
                if (key != null) {
                    key.pollEvents();
                    if (!key.reset()) {
                        watchDirectories(); // the directory was removed, and may be there again
                    }
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            failed(e, listener); // unless close() was called
        } catch (IOException | RuntimeException | Error e) {
            failed(e, listener);
        }
    }

    // Without a watch a rule that is taken back would go on opening things.
    private void failed(Throwable cause, Consumer<PolicyEngine> listener) {
        if (closed) {
            return;
        }
        LOG.error("the policy is no longer followed", cause);
        engine =
                PolicyEngine.denyAll(
                        file.path()
                                + " is no longer followed ("
                                + cause
                                + "): restart the sandbox");
        tell(listener);
    }

    private void tell(Consumer<PolicyEngine> listener) {
        try {
            listener.accept(engine);
        } catch (RuntimeException e) {
            LOG.error("a new policy could not be told", e);
        }
    }

    private void refresh(Consumer<PolicyEngine> listener) throws InterruptedException {
        State now = settled();
        boolean changed = !now.saysTheSame(state);
        state = now;
        if (changed) {
            engine = compile(now);
            tell(listener);
        }
    }

    // What is broken at the start may be an editor's moment, too, or an interface that went away
    // while the host's addresses were listed.
    private State first() {
        State now = read();
        try {
            for (int i = 0; i < SETTLE_TRIES && now.broken != null; i++) {
                Thread.sleep(SETTLE_MILLIS);
                State later = read();
                if (later.saysTheSame(now) && i > 0) {
                    return later;
                }
                now = later;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return now;
    }

    // A whole file that took the place of another was renamed there, so it is all there is to come.
    private State settled() throws InterruptedException {
        State now = read();
        for (int i = 0; i < SETTLE_TRIES; i++) {
            boolean same = now.saysTheSame(state);
            boolean renamed = now.broken == null && !now.identity.equals(state.identity);
            if (same || renamed) {
                return now;
            }
            Thread.sleep(SETTLE_MILLIS);
            State later = read();
            if (later.saysTheSame(now)) {
                return later;
            }
            now = later;
        }
        return now;
    }

    private State read() {
        Optional<Object> identity = Optional.empty();
        Policy policy = Policy.EMPTY;
        String broken = null;
        HostAddresses host = HostAddresses.NONE;
        try {
            host = HostAddresses.current();
            if (file.exists()) {
                identity =
                        Optional.ofNullable(
                                Files.readAttributes(file.path(), BasicFileAttributes.class)
                                        .fileKey());
                policy = file.read();
                existed = true;
            } else if (existed) {
                broken = file.path() + " is gone: jsbx policy init makes a new one";
            }
        } catch (PolicySyntaxException e) {
            broken = e.getMessage();
        } catch (SocketException e) {
            broken = "the host's own addresses are unknown: " + e.getMessage();
        } catch (IOException e) {
            broken = file.path() + " cannot be read: " + e.getMessage();
        } catch (RuntimeException | StackOverflowError e) {
            broken = file.path() + " cannot be understood: " + e;
        }
        return new State(identity, broken == null ? policy : null, broken, host);
    }

    private PolicyEngine compile(State from) {
        return from.broken == null
                ? PolicyEngine.compile(from.policy, sandbox, mode, grant, from.host)
                : PolicyEngine.denyAll(from.broken);
    }

    /** Stops following; the last engine stays. */
    @Override
    public void close() {
        closed = true;
        try {
            events.close();
            if (thread != null && thread != Thread.currentThread()) {
                thread.interrupt();
                thread.join();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("inotify", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

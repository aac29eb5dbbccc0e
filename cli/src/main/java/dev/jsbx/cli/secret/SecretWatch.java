package dev.jsbx.cli.secret;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The secrets of a running sandbox, always what the secrets file says now: a thread follows the
 * file, which is only ever replaced whole. While it cannot be read, no value is given out.
 */
public final class SecretWatch implements SecretSource, AutoCloseable {
    /** Catches what the kernel does not report: files on network file systems. */
    private static final long POLL_SECONDS = 10;

    private final SecretStore store;
    private final String sandbox;
    private final Placeholders placeholders;
    private final Runnable listener;
    private final WatchService events;
    private final Thread thread;
    private Object identity;
    private volatile SandboxSecrets secrets;

    private SecretWatch(
            SecretStore store, String sandbox, Placeholders placeholders, Runnable listener)
            throws IOException {
        this.store = store;
        this.sandbox = sandbox;
        this.placeholders = placeholders;
        this.listener = listener;
        Path directory = store.file().getParent();
        Files.createDirectories(directory);
        this.events = FileSystems.getDefault().newWatchService();
        directory.register(
                events,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
        this.identity = identity();
        this.secrets = SandboxSecrets.of(store.load(), sandbox, placeholders);
        this.thread = Thread.ofPlatform().daemon().name("secret-watch").unstarted(this::run);
    }

    /**
     * Reads a sandbox's secrets and follows them from now on.
     *
     * @param sandbox whose secrets count besides those for all
     * @param listener called on the watching thread after each change. Must not throw.
     * @throws IOException if they cannot be read
     */
    public static SecretWatch start(
            SecretStore store, String sandbox, Placeholders placeholders, Runnable listener)
            throws IOException {
        SecretWatch watch = new SecretWatch(store, sandbox, placeholders, listener);
        watch.thread.start();
        return watch;
    }

    @Override
    public List<SecretBinding> bindings() {
        return secrets.bindings();
    }

    @Override
    public CompletableFuture<SecretValue> value(String name) {
        return secrets.value(name);
    }

    @Override
    public String placeholder(String name) {
        return placeholders.of(name);
    }

    @Override
    public boolean isForeign(String word) {
        return placeholders.isOne(word) && !secrets.hasPlaceholder(word);
    }

    private void run() {
        try {
            while (true) {
                WatchKey key = events.poll(POLL_SECONDS, TimeUnit.SECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                }
                refresh();
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            // close() was called
        }
    }

    private void refresh() {
        Object now = identity();
        if (now.equals(identity)) {
            return;
        }
        SandboxSecrets former = secrets;
        try {
            secrets = SandboxSecrets.of(store.load(), sandbox, placeholders);
            identity = now;
        } catch (IOException | RuntimeException e) {
            // Tried again at the next event or poll: a keyring may be unlocked by then.
            if (Objects.equals(e.getMessage(), former.broken())) {
                return;
            }
            secrets = former.without(String.valueOf(e.getMessage()));
        }
        former.close();
        listener.run();
    }

    // What changes when the file is replaced; a word for what there is in its place.
    private Object identity() {
        try {
            BasicFileAttributes file =
                    Files.readAttributes(store.file(), BasicFileAttributes.class);
            return List.of(file.fileKey(), file.lastModifiedTime(), file.size());
        } catch (NoSuchFileException e) {
            return "none";
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Stops following and zeroes every value. */
    @Override
    public void close() {
        try {
            events.close();
            thread.interrupt();
            thread.join();
        } catch (IOException e) {
            throw new UncheckedIOException("inotify", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        secrets.close();
    }
}

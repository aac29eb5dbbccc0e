package dev.jsbx.cli.secret;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * The secrets that one sandbox may use, as they were when the file was read: those for all, and its
 * own, which win. Any thread.
 */
final class SandboxSecrets implements AutoCloseable {
    /** How long what a command has printed is good: many requests come at once. */
    private static final Duration COMMAND_IS_GOOD = Duration.ofSeconds(30);

    private final Map<String, Secret> byName;
    private final Set<String> placeholders;
    private final String broken; // or null
    private final Map<String, Printed> printed = new LinkedHashMap<>();
    private boolean closed;

    /** What a command has printed, or is going to. */
    private static final class Printed {
        final CompletableFuture<SecretValue> value = new CompletableFuture<>();
        private volatile long nanos;

        boolean isGood() {
            return !value.isDone()
                    || !value.isCompletedExceptionally()
                            && System.nanoTime() - nanos < COMMAND_IS_GOOD.toNanos();
        }

        void run(SecretBinding binding) {
            try {
                String command = binding.command().orElseThrow();
                SecretValue read = ValueCommand.run(binding.name(), command, false);
                nanos = System.nanoTime();
                value.complete(read);
            } catch (IOException | RuntimeException e) {
                value.completeExceptionally(e);
            }
        }
    }

    private SandboxSecrets(Map<String, Secret> byName, Set<String> placeholders, String broken) {
        this.byName = byName;
        this.placeholders = placeholders;
        this.broken = broken;
    }

    /** Takes over the secrets, and closes those that this sandbox may not use. */
    static SandboxSecrets of(List<Secret> all, String sandbox, Placeholders placeholders) {
        List<SecretBinding> bindings = all.stream().map(Secret::binding).toList();
        List<SecretBinding> usable = SecretBinding.usableBy(sandbox, bindings);
        placeholders.shape(bindings, usable);
        Map<String, Secret> byName = new LinkedHashMap<>();
        for (Secret secret : all) {
            if (usable.contains(secret.binding())) {
                byName.put(secret.binding().name(), secret);
            } else {
                secret.close();
            }
        }
        Set<String> own =
                byName.keySet().stream().map(placeholders::of).collect(Collectors.toSet());
        return new SandboxSecrets(byName, own, null);
    }

    /** The same bindings, so that what they are bound to stays watched, with no values. */
    SandboxSecrets without(String reason) {
        return new SandboxSecrets(byName, placeholders, reason);
    }

    /** Why no value is given out; null if it is. */
    String broken() {
        return broken;
    }

    List<SecretBinding> bindings() {
        return byName.values().stream().map(Secret::binding).toList();
    }

    boolean hasPlaceholder(String word) {
        return placeholders.contains(word);
    }

    /** As {@link SecretSource#value} has it. */
    synchronized CompletableFuture<SecretValue> value(String name) {
        Secret secret = byName.get(name);
        if (closed || secret == null) {
            return failed("there is no secret " + name + " any more");
        }
        if (broken != null) {
            return failed(broken);
        }
        if (secret.value() != null) {
            return CompletableFuture.completedFuture(secret.value().share());
        }
        Printed last = printed.get(name);
        if (last == null || !last.isGood()) {
            if (last != null) {
                last.value.thenAccept(SecretValue::close);
            }
            last = new Printed();
            Printed started = last;
            Thread.ofPlatform()
                    .name("secret-command")
                    .daemon()
                    .start(() -> started.run(secret.binding()));
            printed.put(name, last);
        }
        return last.value.thenApply(this::share);
    }

    private static CompletableFuture<SecretValue> failed(String reason) {
        return CompletableFuture.failedFuture(new IOException(reason));
    }

    private synchronized SecretValue share(SecretValue value) {
        return value.share();
    }

    /** Zeroes every value. */
    @Override
    public synchronized void close() {
        closed = true;
        byName.values().forEach(Secret::close);
        printed.values().forEach(each -> each.value.thenAccept(SecretValue::close));
    }
}

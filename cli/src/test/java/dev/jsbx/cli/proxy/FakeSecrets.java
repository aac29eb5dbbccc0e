package dev.jsbx.cli.proxy;

import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretBinding.Injection;
import dev.jsbx.cli.secret.SecretSource;
import dev.jsbx.cli.secret.SecretValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Secrets that a test sets, with placeholders that are easy to see. */
final class FakeSecrets implements SecretSource {
    static final String FOREIGN = "jsbx-foreign0000000000000000000000000000000000";

    private final List<SecretBinding> bindings = new CopyOnWriteArrayList<>();
    private final Map<String, String> values = new ConcurrentHashMap<>();

    /** Whether values come from another thread, as those of commands do. */
    volatile boolean late;

    FakeSecrets set(String name, String value, List<String> hosts, Injection... injections) {
        return set(name, value, hosts, false, injections);
    }

    FakeSecrets set(
            String name,
            String value,
            List<String> hosts,
            boolean plainHttp,
            Injection... injections) {
        remove(name);
        values.put(name, value);
        bindings.add(
                new SecretBinding(
                        name,
                        Optional.empty(),
                        hosts,
                        List.of(injections),
                        List.of(),
                        Optional.empty(),
                        plainHttp));
        return this;
    }

    void remove(String name) {
        bindings.removeIf(each -> each.name().equals(name));
        values.remove(name);
    }

    @Override
    public List<SecretBinding> bindings() {
        return List.copyOf(bindings);
    }

    @Override
    public CompletableFuture<SecretValue> value(String name) {
        String value = values.get(name);
        if (value == null || value.isEmpty()) {
            return CompletableFuture.failedFuture(new IllegalStateException("the command failed"));
        }
        ByteBuffer bytes = ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8));
        return late
                ? CompletableFuture.supplyAsync(() -> SecretValue.of(bytes))
                : CompletableFuture.completedFuture(SecretValue.of(bytes));
    }

    @Override
    public String placeholder(String name) {
        return name.equals("AWS_ACCESS_KEY_ID")
                ? "AKIAPLACEHOLDER00000"
                : "jsbx-" + name + "-placeholder-000000000000";
    }

    @Override
    public boolean isForeign(String word) {
        return word.equals(FOREIGN);
    }
}

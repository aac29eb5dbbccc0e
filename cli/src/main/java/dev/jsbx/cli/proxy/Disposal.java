package dev.jsbx.cli.proxy;

import dev.jsbx.cli.secret.SecretValue;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Closes values away from the event loop: unmapping waits for a handshake with all threads of the
 * process, 14 to 80 µs each.
 */
final class Disposal {
    private static final ExecutorService THREAD =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("secret-disposal").factory());

    private Disposal() {}

    static void close(Collection<SecretValue> values) {
        if (!values.isEmpty()) {
            List<SecretValue> all = List.copyOf(values);
            THREAD.execute(() -> all.forEach(SecretValue::close));
        }
    }
}

package dev.jsbx.bench.secret;

import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretBinding.Header;
import dev.jsbx.cli.secret.SecretSource;
import dev.jsbx.cli.secret.SecretValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One secret for one host, sent in a header. */
public final class BoundSecret implements SecretSource {
    /** As long as many services' keys. */
    static final String VALUE = "sk-0123456789abcdefghijklmnopqrstuvwxyzABCD";

    private static final String PLACEHOLDER = "sk-jsbxplaceholder0123456789abcdefghijklmnop";

    private final SecretBinding binding;
    private final SecretValue value =
            SecretValue.of(ByteBuffer.wrap(VALUE.getBytes(StandardCharsets.US_ASCII)));

    /** A secret of one host and port. */
    public BoundSecret(String host, int port) {
        binding =
                new SecretBinding(
                        "key",
                        Optional.empty(),
                        List.of(host + ":" + port),
                        List.of(new Header("x-api-key", "{}")),
                        List.of(),
                        Optional.empty(),
                        false);
    }

    @Override
    public List<SecretBinding> bindings() {
        return List.of(binding);
    }

    @Override
    public CompletableFuture<SecretValue> value(String name) {
        return CompletableFuture.completedFuture(value.share());
    }

    @Override
    public String placeholder(String name) {
        return PLACEHOLDER;
    }

    @Override
    public boolean isForeign(String word) {
        return false;
    }
}

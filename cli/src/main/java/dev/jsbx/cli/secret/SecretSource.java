package dev.jsbx.cli.secret;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The secrets of one sandbox as they are at the moment: whoever asks twice may get two answers, as
 * a secret is set, replaced or removed. Any thread may call, among them the event loop of the
 * sandbox's network; so no method blocks, and the proxy keeps no answer longer than one request.
 */
public interface SecretSource {
    /** No secrets. */
    SecretSource NONE =
            new SecretSource() {
                @Override
                public List<SecretBinding> bindings() {
                    return List.of();
                }

                @Override
                public CompletableFuture<SecretValue> value(String name) {
                    return CompletableFuture.failedFuture(
                            new IllegalStateException("there is no secret " + name));
                }

                @Override
                public String placeholder(String name) {
                    throw new IllegalStateException("there is no secret " + name);
                }

                @Override
                public boolean isForeign(String word) {
                    return false;
                }
            };

    /** The secrets that this sandbox may use now; of two of one name, only its own. */
    List<SecretBinding> bindings();

    /**
     * A secret's value: at once if it is stored, later if a command gives it.
     *
     * @param name of one of {@link #bindings}
     * @return completes with memory of the caller's, who closes it; or exceptionally, with a
     *     message of one line for the user, if there is none. Completes on any thread.
     */
    CompletableFuture<SecretValue> value(String name);

    /**
     * What this sandbox's guest sees in a secret's place.
     *
     * @param name of one of {@link #bindings}
     */
    String placeholder(String name);

    /**
     * Whether a word is a placeholder that another sandbox of this installation was given. Asked
     * for every longer word of a request's head, so it costs a few microseconds at most.
     *
     * @param word a run of ASCII letters, digits, {@code -} and {@code _}
     */
    boolean isForeign(String word);
}

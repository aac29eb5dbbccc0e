package dev.jsbx.cli.vmm;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretSource;
import dev.jsbx.cli.secret.SecretValue;
import dev.jsbx.cli.secret.SecretWatch;
import dev.jsbx.cli.secret.command.SecretPlaces;
import dev.jsbx.cli.trust.TrustKeeper;
import dev.jsbx.image.agent.AgentConnection;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The secrets of this process's sandbox. They are read on a thread of their own, while the guest
 * boots; whoever asks sooner waits. When they change, the guest is told whom to trust for them.
 */
final class LiveSecrets implements SecretSource, AutoCloseable {
    private final CompletableFuture<SecretWatch> watch = new CompletableFuture<>();
    private final CompletableFuture<Void> failed = new CompletableFuture<>();
    private final TrustKeeper trust;

    private LiveSecrets(Sandbox sandbox) {
        trust = new TrustKeeper(sandbox, () -> AgentConnection.connect(sandbox.socket("vsock")));
    }

    /** Begins to read a sandbox's secrets, and follows them. */
    static LiveSecrets start(Sandbox sandbox) {
        LiveSecrets secrets = new LiveSecrets(sandbox);
        Thread.ofPlatform()
                .name("secrets-start")
                .daemon()
                .start(
                        () -> {
                            try {
                                secrets.watch.complete(
                                        SecretPlaces.watch(sandbox.directory(), secrets::changed));
                            } catch (IOException | RuntimeException e) {
                                secrets.watch.complete(null);
                                secrets.failed.completeExceptionally(
                                        Failure.own(String.valueOf(e.getMessage()), e));
                            }
                        });
        return secrets;
    }

    /** Completes, exceptionally, if the secrets cannot be read. */
    CompletableFuture<Void> failed() {
        return failed;
    }

    private SecretSource source() {
        SecretWatch read = watch.join();
        return read == null ? SecretSource.NONE : read;
    }

    @Override
    public List<SecretBinding> bindings() {
        return source().bindings();
    }

    @Override
    public CompletableFuture<SecretValue> value(String name) {
        return source().value(name);
    }

    @Override
    public String placeholder(String name) {
        return source().placeholder(name);
    }

    @Override
    public boolean isForeign(String word) {
        return source().isForeign(word);
    }

    // A guest that has not got so far is told by the first command in it.
    private void changed() {
        try {
            trust.keep(bindings());
        } catch (IOException e) {
            System.err.println("jsbx: new secrets: the guest's trust stores: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        watch.thenAccept(
                read -> {
                    if (read != null) {
                        read.close();
                    }
                });
    }
}

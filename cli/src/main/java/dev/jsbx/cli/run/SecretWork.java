package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.secret.GuestView;
import dev.jsbx.cli.secret.command.SecretPlaces;
import dev.jsbx.cli.trust.GuestTrust;
import dev.jsbx.cli.trust.TrustKeeper;
import dev.jsbx.image.agent.AgentConnection;
import dev.jsbx.vmm.linux.LinuxException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Secrets around a command: placeholders in its environment, the proxy's certificate in its guest's
 * trust stores. What is stored is read while the guest boots.
 */
final class SecretWork {
    private final Sandbox sandbox;
    private final CompletableFuture<GuestView> view = new CompletableFuture<>();

    private SecretWork(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /** Begins to read what is stored. */
    static SecretWork start(Sandbox sandbox) {
        SecretWork work = new SecretWork(sandbox);
        Thread.ofPlatform().name("secrets").daemon().start(work::read);
        return work;
    }

    private void read() {
        try {
            view.complete(GuestView.of(SecretPlaces.installation(), sandbox.directory()));
        } catch (IOException | LinuxException e) {
            view.completeExceptionally(Failure.own(e.getMessage(), e));
        } catch (RuntimeException e) {
            view.completeExceptionally(e);
        }
    }

    /** Where connections to a guest come from. */
    interface Connections {
        AgentConnection connect() throws InterruptedException;
    }

    /**
     * Has the guest trust the proxy, if the sandbox has secrets; returns when it does. A guest
     * whose stores cannot be changed is told of on standard error, as only what uses them fails.
     *
     * @return the variables of each command in it
     * @throws Failure if what is stored cannot be read
     */
    Map<String, String> prepare(Connections guest) throws InterruptedException {
        GuestView seen = view();
        if (seen.bindings().isEmpty()) {
            return Map.of();
        }
        try {
            new TrustKeeper(sandbox, guest::connect).keep(seen.bindings());
        } catch (IOException e) {
            System.err.println(
                    "jsbx: the guest may not trust the proxy that puts secrets in: "
                            + e.getMessage());
        }
        Map<String, String> variables = new LinkedHashMap<>(GuestTrust.variables());
        variables.putAll(seen.variables());
        return variables;
    }

    private GuestView view() {
        try {
            return view.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw e;
        }
    }
}

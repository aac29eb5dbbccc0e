package dev.jsbx.cli.proxy;

import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretHosts;
import dev.jsbx.cli.secret.SecretSource;
import dev.jsbx.netstack.policy.HostName;
import dev.jsbx.netstack.tls.LeafCache;
import io.netty.channel.ChannelPipeline;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.TrustManagerFactory;

/**
 * The proxy of one sandbox. Made by any thread; then called on the event loop of the sandbox's
 * network.
 */
public final class SecretProxy {
    /** What is made at the first use: most sandboxes have no secret. */
    public interface Authority {
        /** The leaves of the installation's authority. */
        LeafCache leaves() throws IOException;
    }

    private final SecretSource source;
    private final Authority authority;
    private final Optional<TrustManagerFactory> trust;
    private final BodyBudget budget = new BodyBudget();
    private CompletableFuture<TlsContexts> contexts;
    private List<SecretBinding> madeFor = List.of();

    /** A proxy that trusts whom this host trusts. */
    public SecretProxy(SecretSource source, Authority authority) {
        this(source, authority, Optional.empty());
    }

    /** The same with a trust of its own. */
    SecretProxy(SecretSource source, Authority authority, Optional<TrustManagerFactory> trust) {
        this.source = source;
        this.authority = authority;
        this.trust = trust;
    }

    /**
     * Whether the proxy ends a connection, and how.
     *
     * @param judge of this connection
     * @param untouched adds to a connection's pipeline what watches it where it turns out to be for
     *     another host after all, and is passed on
     * @return what ends it, for {@link dev.jsbx.netstack.Verdict.Terminate}; empty if no secret is
     *     for its destination, so that it is none of the proxy's business
     */
    public Optional<Consumer<ChannelPipeline>> intercept(
            Destination to, FlowJudge judge, Consumer<ChannelPipeline> untouched) {
        if (!isBound(to)) {
            return Optional.empty();
        }
        CompletableFuture<TlsContexts> ready = contexts();
        return Optional.of(
                pipeline ->
                        pipeline.addLast(
                                new HelloHandler(to, judge, source, ready, budget, untouched)));
    }

    private boolean isBound(Destination to) {
        for (String name : to.names()) {
            for (SecretBinding binding : source.bindings()) {
                if (covers(binding, name, to.port())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean covers(SecretBinding binding, String name, int port) {
        return binding.hosts().stream()
                .anyMatch(
                        pattern ->
                                SecretHosts.matches(pattern, name, port)
                                        || name.equals(HostName.LOCALHOST)
                                                && isLocal(pattern)
                                                && SecretHosts.matches(
                                                        pattern, local(pattern), port));
    }

    // The guest's names of this host are one name to policy, and kept apart by TLS.
    private static boolean isLocal(String pattern) {
        return HostName.canonical(local(pattern)).equals(HostName.LOCALHOST);
    }

    private static String local(String pattern) {
        int colon = pattern.lastIndexOf(':');
        return colon < 0 ? pattern : pattern.substring(0, colon);
    }

    // Reading the host's certificates takes a tenth of a second: not on the event loop. A secret
    // for
    // another domain may have had the installation's authority made anew.
    private CompletableFuture<TlsContexts> contexts() {
        List<SecretBinding> now = source.bindings();
        if (contexts == null || contexts.isCompletedExceptionally() || !now.equals(madeFor)) {
            madeFor = now;
            CompletableFuture<TlsContexts> made = new CompletableFuture<>();
            Thread.ofPlatform().daemon().name("proxy-start").start(() -> make(made));
            contexts = made;
        }
        return contexts;
    }

    private void make(CompletableFuture<TlsContexts> made) {
        try {
            TrustManagerFactory trusted =
                    trust.isPresent() ? trust.get() : Trust.ofHost(System.getenv());
            made.complete(new TlsContexts(authority.leaves(), trusted));
        } catch (IOException | RuntimeException | LinkageError e) {
            made.completeExceptionally(e);
        }
    }
}

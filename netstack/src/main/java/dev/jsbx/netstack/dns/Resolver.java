package dev.jsbx.netstack.dns;

import java.util.function.Consumer;

/** Where answers come from. */
public interface Resolver extends AutoCloseable {
    /**
     * Asks.
     *
     * @param name in lower case without trailing dot
     * @param type as in {@link DnsType}
     * @param done called once, at once or later, on the stack's event loop; failures are answers
     *     with {@link DnsType#SERVFAIL}
     */
    void resolve(String name, int type, Consumer<DnsAnswer> done);

    @Override
    default void close() {}
}

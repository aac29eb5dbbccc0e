package dev.jsbx.cli.proxy;

/**
 * A request that may go on.
 *
 * @param head with the secrets in it; closed by whoever sends it
 * @param needles what the response must not tell; null for nothing
 * @param step what is done to the body first; null to pass it on as it comes
 * @param filter what the body passes through; null for nothing
 */
record Prepared(RequestHead head, Needles needles, BodyStep step, BodyFilter filter)
        implements AutoCloseable {
    @Override
    public void close() {
        head.close();
        if (step != null) {
            step.close();
        }
    }
}

package dev.jsbx.bench.secret;

import dev.jsbx.cli.proxy.FlowJudge;
import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.sniff.Sniffed;

/** Allows everything and writes nothing down; what the proxy refuses by itself ends the run. */
public final class AllAllowed implements FlowJudge {
    private static final Decision ALLOWED =
            new Decision(true, Decision.Kind.RULE, "allow *", "measured");

    /** Without state. */
    public AllAllowed() {}

    @Override
    public Decision first(Sniffed sniffed) {
        return ALLOWED;
    }

    @Override
    public Decision request(String method, String host, String path, String secret) {
        return ALLOWED;
    }

    @Override
    public void refused(String method, String host, String path, String reason) {
        throw new IllegalStateException(reason);
    }
}

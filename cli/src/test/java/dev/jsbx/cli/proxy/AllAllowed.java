package dev.jsbx.cli.proxy;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.sniff.Sniffed;

/** Allows everything and writes nothing down. */
final class AllAllowed implements FlowJudge {
    private static final Decision ALLOWED =
            new Decision(true, Decision.Kind.RULE, "allow *", "the test says so");

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
        System.err.println("refused: " + reason);
    }
}

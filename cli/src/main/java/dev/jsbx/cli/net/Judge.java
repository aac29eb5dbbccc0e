package dev.jsbx.cli.net;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.sniff.Sniffed;

/** Decides about what is seen inside one flow. Called on the stack's event loop. */
interface Judge {
    /** Decides and writes down; what it throws refuses. */
    Decision judge(Sniffed sniffed);

    /** The oldest request that was allowed has its whole answer. */
    default void answered() {}
}

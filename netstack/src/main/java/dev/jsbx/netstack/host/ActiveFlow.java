package dev.jsbx.netstack.host;

import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.FlowEnd;
import dev.jsbx.netstack.FlowObserver;
import dev.jsbx.netstack.time.Clock;
import java.util.Map;

/** A flow from its verdict to its end, which it tells exactly once. */
final class ActiveFlow {
    private final Flow flow;
    private final FlowObserver observer;
    private final Clock clock;
    private final long start;
    private final Map<Long, ActiveFlow> registry;
    private Runnable cut = () -> {};
    private FlowEnd.Reason reason;
    private boolean over;

    ActiveFlow(Flow flow, FlowObserver observer, Clock clock, Map<Long, ActiveFlow> registry) {
        this.flow = flow;
        this.observer = observer;
        this.clock = clock;
        this.registry = registry;
        start = clock.micros();
        registry.put(flow.id(), this);
    }

    Flow flow() {
        return flow;
    }

    /** What ends the flow when it is no longer allowed. */
    void onCut(Runnable action) {
        cut = action;
    }

    /** Ends the flow because somebody says so. */
    void cut() {
        because(FlowEnd.Reason.CUT);
        cut.run();
    }

    void established() {
        observer.established();
    }

    /** Notes why the flow is about to end; the first reason counts. */
    void because(FlowEnd.Reason why) {
        if (reason == null) {
            reason = why;
        }
    }

    /** The flow is over, for the reason noted before or {@link FlowEnd.Reason#FINISHED}. */
    void end(long fromGuest, long toGuest) {
        if (over) {
            return;
        }
        over = true;
        registry.remove(flow.id());
        FlowEnd.Reason why = reason == null ? FlowEnd.Reason.FINISHED : reason;
        long nanos = (clock.micros() - start) * 1000;
        observer.closed(new FlowEnd(why, fromGuest, toGuest, nanos));
    }
}

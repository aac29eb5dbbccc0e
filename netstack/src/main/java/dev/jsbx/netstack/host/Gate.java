package dev.jsbx.netstack.host;

import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.FlowPolicy;
import dev.jsbx.netstack.Protocol;
import dev.jsbx.netstack.Verdict;
import dev.jsbx.netstack.time.Clock;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Asks the policy about new flows and keeps account of those that are under way. */
public final class Gate {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(Gate.class);

    private final FlowPolicy policy;
    private final Clock clock;
    private final Map<Long, ActiveFlow> flows = new LinkedHashMap<>();
    private long lastId;

    public Gate(FlowPolicy policy, Clock clock) {
        this.policy = policy;
        this.clock = clock;
    }

    /** A flow that has just begun. */
    Flow flow(
            Protocol protocol,
            Flow.Direction direction,
            InetSocketAddress source,
            InetSocketAddress destination) {
        return new Flow(++lastId, protocol, direction, source, destination);
    }

    /** The policy's verdict; a policy that fails lets nothing through. */
    Verdict decide(Flow flow) {
        try {
            return policy.decide(flow);
        } catch (RuntimeException e) {
            LOG.error("the policy failed on {}; dropped", flow, e);
            return Verdict.drop();
        }
    }

    /** Follows a flow from now on. */
    ActiveFlow follow(Flow flow, Verdict verdict) {
        return new ActiveFlow(flow, verdict.observer(), clock, flows);
    }

    /** The flows under way, oldest first. */
    public List<Flow> flows() {
        List<Flow> all = new ArrayList<>(flows.size());
        flows.values().forEach(f -> all.add(f.flow()));
        return all;
    }

    /** Ends every flow that the predicate names; returns how many. */
    public int cut(Predicate<Flow> which) {
        int n = 0;
        for (ActiveFlow flow : List.copyOf(flows.values())) {
            if (which.test(flow.flow())) {
                flow.cut();
                n++;
            }
        }
        return n;
    }
}

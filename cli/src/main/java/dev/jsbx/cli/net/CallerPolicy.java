package dev.jsbx.cli.net;

import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.FlowPolicy;
import dev.jsbx.netstack.Verdict;
import dev.jsbx.netstack.audit.Attempt;
import dev.jsbx.netstack.audit.AuditException;
import dev.jsbx.netstack.audit.AuditLog;
import dev.jsbx.netstack.audit.Via;
import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.Ip;
import dev.jsbx.netstack.policy.Transport;

/**
 * Lets in who calls a published port: publishing it was the permission, so rules that change later
 * do not cut a call, either. Each is written down all the same, before it may begin; one that
 * cannot be written down is refused. What the guest begins is another's to decide.
 */
final class CallerPolicy implements FlowPolicy {
    private final FlowPolicy guests;
    private final AuditLog audit;

    /**
     * @param guests decides on what the guest begins
     */
    CallerPolicy(FlowPolicy guests, AuditLog audit) {
        this.guests = guests;
        this.audit = audit;
    }

    @Override
    public Verdict decide(Flow flow) {
        if (flow.direction() == Flow.Direction.FROM_GUEST) {
            return guests.decide(flow);
        }
        Transport transport = Transport.of(flow.protocol());
        String port = flow.destination().getPort() + "/" + transport.text();
        Decision decision =
                new Decision(
                        true,
                        Decision.Kind.RULE,
                        "published port " + port,
                        "somebody calls a port that was published");
        long number;
        try {
            number =
                    audit.attempt(
                            new Attempt(
                                    transport.text(),
                                    null,
                                    Ip.of(flow.source().getAddress()),
                                    flow.source().getPort(),
                                    decision,
                                    Via.NETWORK));
        } catch (AuditException e) {
            return Verdict.refuse();
        }
        return Verdict.relay(flow, end -> Standing.end(audit, number, end));
    }
}

package dev.jsbx.cli.proxy;

import dev.jsbx.cli.proxy.Plan.Edit;
import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretHosts;
import dev.jsbx.cli.secret.SecretSource;
import dev.jsbx.cli.secret.SecretValue;
import dev.jsbx.netstack.audit.AuditException;
import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.vmm.linux.LinuxException;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One connection of a guest that the proxy ends: decides its requests and puts secrets in. On the
 * connection's event loop.
 */
final class Session implements AutoCloseable {
    private final String host;
    private final int port;
    private final boolean secure;
    private final SecretSource source;
    private final FlowJudge judge;
    private final EventLoop loop;
    private final BodyBudget budget;
    private final KnownNeedles known = new KnownNeedles();
    private boolean closed;

    /**
     * @param host whom TLS named and the guest's DNS answered
     * @param secure whether the other side has proved by its certificate to be that host
     */
    Session(
            String host,
            int port,
            boolean secure,
            SecretSource source,
            FlowJudge judge,
            EventLoop loop,
            BodyBudget budget) {
        this.host = host;
        this.port = port;
        this.secure = secure;
        this.source = source;
        this.judge = judge;
        this.loop = loop;
        this.budget = budget;
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    boolean secure() {
        return secure;
    }

    BodyBudget budget() {
        return budget;
    }

    private boolean isHere(SecretBinding binding) {
        return (secure || binding.plainHttp())
                && binding.hosts().stream().anyMatch(each -> SecretHosts.matches(each, host, port));
    }

    /** Writes down a request that cannot be understood. */
    void refused(Refusal refusal) {
        judge.refused(null, host, null, refusal.line());
    }

    /** Writes a refusal of the proxy's own down. */
    void refused(RequestHead head, Refusal refusal) {
        judge.refused(head.method, host, head.path(), refusal.line());
    }

    /**
     * Decides a request, and puts secrets in if it may go.
     *
     * @param head handed over
     * @return completes on the event loop, exceptionally with {@link Refused}
     */
    CompletableFuture<Prepared> prepare(RequestHead head) {
        CompletableFuture<Prepared> result = new CompletableFuture<>();
        try {
            plan(head, result);
        } catch (Refused e) {
            try {
                refused(head, e.refusal());
            } catch (AuditException unwritten) {
                // It is refused anyway.
            }
            head.close();
            result.completeExceptionally(e);
        } catch (AuditException e) {
            head.close();
            result.completeExceptionally(new Refused(unlogged()));
        }
        return result;
    }

    private static Refusal unlogged() {
        return new Refusal(503, "jsbx: the request is refused: it cannot be written to the log");
    }

    private void plan(RequestHead head, CompletableFuture<Prepared> result) throws Refused {
        HeadCheck.check(head, host, port);
        List<SecretBinding> here = new ArrayList<>();
        List<SecretBinding> elsewhere = new ArrayList<>();
        for (SecretBinding binding : source.bindings()) {
            (isHere(binding) ? here : elsewhere).add(binding);
        }
        Words.check(head, elsewhere, source);
        Plan plan = Plan.of(head, here, source);
        AwsRequest aws = AwsRequest.find(head, host, plan.aws(), source, secure);
        List<String> names = plan.names();
        if (aws != null) {
            names.addAll(aws.secrets());
        }
        Decision decision =
                judge.request(
                        head.method,
                        host,
                        head.path(),
                        names.isEmpty() ? null : String.join(",", names));
        if (!decision.allowed()) {
            head.close();
            result.completeExceptionally(
                    new Refused(
                            new Refusal(
                                    403,
                                    "Blocked by network policy: "
                                            + host
                                            + ": "
                                            + decision.rule()
                                            + ": "
                                            + decision.reason())));
            return;
        }
        fetch(here, names, result, values -> apply(head, plan, aws, values), head);
    }

    private interface Step {
        Prepared apply(Map<String, SecretValue> values) throws Refused;
    }

    // All that may go here are asked for: what is not put in must not come back either.
    private void fetch(
            List<SecretBinding> here,
            List<String> needed,
            CompletableFuture<Prepared> result,
            Step step,
            RequestHead head) {
        Map<String, CompletableFuture<SecretValue>> asked = new LinkedHashMap<>();
        here.forEach(binding -> asked.put(binding.name(), source.value(binding.name())));
        CompletableFuture<?>[] all = asked.values().toArray(new CompletableFuture<?>[0]);
        CompletableFuture.allOf(all)
                .whenComplete(
                        (done, error) -> onLoop(() -> finish(asked, needed, result, step, head)));
    }

    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private void finish(
            Map<String, CompletableFuture<SecretValue>> asked,
            List<String> needed,
            CompletableFuture<Prepared> result,
            Step step,
            RequestHead head) {
        Map<String, SecretValue> values = new LinkedHashMap<>();
        try {
            if (closed) {
                throw new Refused(Refusal.badRequest("its connection is closed"));
            }
            for (Map.Entry<String, CompletableFuture<SecretValue>> each : asked.entrySet()) {
                if (!each.getValue().isCompletedExceptionally()) {
                    values.put(each.getKey(), each.getValue().join());
                } else if (needed.contains(each.getKey())) {
                    throw new Refused(
                            Refusal.badGateway(
                                    host,
                                    "the secret "
                                            + each.getKey()
                                            + " cannot be had: "
                                            + reason(each.getValue())));
                }
            }
            result.complete(step.apply(values));
        } catch (Refused e) {
            head.close();
            result.completeExceptionally(e);
        } catch (LinuxException e) { // no more memory is locked
            head.close();
            result.completeExceptionally(new Refused(Refusal.badGateway(host, e.getMessage())));
        } catch (RuntimeException e) { // our own fault: the guest is not to wait for ever
            head.close();
            result.completeExceptionally(e);
        } finally {
            values.values().forEach(SecretValue::close);
        }
    }

    private static String reason(CompletableFuture<SecretValue> failed) {
        try {
            failed.join();
            return "";
        } catch (CompletionException e) {
            return e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
        }
    }

    private Prepared apply(
            RequestHead head, Plan plan, AwsRequest aws, Map<String, SecretValue> values)
            throws Refused {
        List<ByteBuffer> all = new ArrayList<>();
        values.values().forEach(value -> all.add(value.buffer()));
        Needles needles = known.of(all);
        if (needles != null) {
            HeadCheck.plainAnswer(head);
        }
        BodyStep step = null;
        for (Edit edit : plan.edits()) {
            ByteBuffer value = values.get(edit.secret()).buffer();
            BodyStep each = Injector.apply(head, edit, value);
            step = each == null ? step : step == null ? each : new BodySteps(step, each);
        }
        return aws == null
                ? new Prepared(head, needles, step, null)
                : aws.prepare(head, needles, step, values);
    }

    @Override
    public void close() {
        closed = true;
        known.close();
    }
}

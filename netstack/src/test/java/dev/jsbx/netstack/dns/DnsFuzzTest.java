package dev.jsbx.netstack.dns;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.jsbx.netstack.policy.HostAddresses;
import dev.jsbx.netstack.policy.Ip;
import dev.jsbx.netstack.policy.Mode;
import dev.jsbx.netstack.policy.Policy;
import dev.jsbx.netstack.policy.PolicyEngine;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Any bytes from a guest, and any data in a record, make a reply or none, but never a fault. */
class DnsFuzzTest {
    private static final PolicyEngine OPEN =
            PolicyEngine.compile(
                    Policy.EMPTY, Optional.empty(), Optional.of(Mode.OPEN), HostAddresses.NONE);

    @FuzzTest
    void queries(byte[] message) {
        DnsResponder responder =
                new DnsResponder(
                        () -> OPEN,
                        (name, type, done) ->
                                done.accept(
                                        new DnsAnswer(
                                                DnsType.NOERROR,
                                                List.of(new DnsRecord(name, type, 60, message)),
                                                0)),
                        new LearnedNames(),
                        DnsSettings.hostAt(List.of(Ip.parse("192.168.127.1")), true),
                        DnsObserver.NONE);
        responder.answer(
                Unpooled.wrappedBuffer(message),
                false,
                reply -> {
                    if (reply.readableBytes() > 1232) {
                        throw new AssertionError("a reply of " + reply.readableBytes() + " bytes");
                    }
                });
    }

    @FuzzTest
    void serviceBindings(byte[] data) {
        ServiceBinding.strip(data, name -> true)
                .ifPresent(
                        once -> {
                            byte[] twice = ServiceBinding.strip(once, name -> true).orElseThrow();
                            if (!Arrays.equals(once, twice)) {
                                throw new AssertionError("what was stripped can be stripped again");
                            }
                        });
    }
}

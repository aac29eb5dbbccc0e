package dev.jsbx.netstack.audit;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.Ip;
import java.util.Objects;

/**
 * Somebody in the sandbox wants to communicate.
 *
 * @param protocol {@code tcp}, {@code udp}, {@code icmp} or {@code dns}
 * @param name by which the guest knows the other side; null if it has none
 * @param address of the other side; null if the attempt ended before there was one
 * @param port of the other side; 0 if there is none
 * @param decision what policy says, and why
 * @param via which way it takes if it is allowed
 */
public record Attempt(
        String protocol, String name, Ip address, int port, Decision decision, Via via) {
    public Attempt {
        Objects.requireNonNull(protocol);
        Objects.requireNonNull(decision);
        Objects.requireNonNull(via);
    }
}

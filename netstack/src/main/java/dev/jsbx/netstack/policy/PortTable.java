package dev.jsbx.netstack.policy;

import java.util.Arrays;

/**
 * Rules of one and the same host or block, by port and transport. Immutable once built; a lookup
 * allocates nothing.
 */
final class PortTable {
    /** A rule that may decide, with what the hot path asks of it. */
    record Choice(Rule rule, Decision decision) {
        boolean allows() {
            return decision.allowed();
        }

        boolean namesPort() {
            return rule.resource().port() != Resource.ANY_PORT;
        }

        /** The prefix length of an address rule, counted in 128-bit addresses. */
        int bits() {
            return rule.resource().block().bits();
        }
    }

    private int[] ports = {};

    // By port in the order of ports, any port last, each by transport.
    private Choice[] choices = new Choice[Transport.COUNT];

    /** While building only: adds a rule; where one stands already, deny stays. */
    void add(Choice choice) {
        int row = row(choice.rule.resource().port());
        for (Transport transport : choice.rule.transports()) {
            int at = row * Transport.COUNT + transport.ordinal();
            if (choices[at] == null || !choice.allows()) {
                choices[at] = choice;
            }
        }
    }

    private int row(int port) {
        if (port == Resource.ANY_PORT) {
            return ports.length;
        }
        int found = Arrays.binarySearch(ports, port);
        if (found >= 0) {
            return found;
        }
        int row = -found - 1;
        int[] widened = Arrays.copyOf(ports, ports.length + 1);
        System.arraycopy(ports, row, widened, row + 1, ports.length - row);
        widened[row] = port;
        Choice[] moved = Arrays.copyOf(choices, choices.length + Transport.COUNT);
        int at = row * Transport.COUNT;
        System.arraycopy(choices, at, moved, at + Transport.COUNT, choices.length - at);
        Arrays.fill(moved, at, at + Transport.COUNT, null);
        ports = widened;
        choices = moved;
        return row;
    }

    /** The rule for a connection, the one with its port before the one for every port, or null. */
    Choice find(Transport transport, int port) {
        int found = Arrays.binarySearch(ports, port);
        Choice exact = found < 0 ? null : choices[found * Transport.COUNT + transport.ordinal()];
        return exact != null
                ? exact
                : choices[ports.length * Transport.COUNT + transport.ordinal()];
    }

    /** Ports that rules name here, in ascending order. */
    int[] ports() {
        return ports;
    }
}

package dev.jsbx.cli.vmm;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.net.NetworkCard;
import dev.jsbx.cli.sandbox.PortSpec;
import dev.jsbx.cli.sandbox.PublishedPort;
import java.util.stream.Collectors;

/** What commands ask of a running sandbox's ports. */
final class PortVerbs {
    private final NetworkCard card; // or null

    PortVerbs(NetworkCard card) {
        this.card = card;
    }

    /**
     * @param spec of the port
     * @return the same, with the port of the host that it has
     */
    String publish(String spec) {
        return present().ports().publish(PortSpec.parse(spec).toPublish()).spec();
    }

    /**
     * @param spec of one port or several
     * @return those that it meant, with a space between two
     */
    String unpublish(String spec) {
        return present().ports().unpublish(PortSpec.parse(spec)).stream()
                .map(PublishedPort::spec)
                .collect(Collectors.joining(" "));
    }

    private NetworkCard present() {
        if (card == null) {
            throw Failure.failed("it has no network: make one that has");
        }
        return card;
    }
}

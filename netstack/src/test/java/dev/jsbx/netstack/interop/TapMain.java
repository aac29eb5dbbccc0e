package dev.jsbx.netstack.interop;

import dev.jsbx.netstack.FlowObserver;
import dev.jsbx.netstack.Verdict;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Runs a stack on a TAP in a namespace until its input ends; for trying things by hand. */
public final class TapMain {
    private TapMain() {}

    public static void main(String[] arguments) throws Exception {
        int mtu = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 65520;
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        try (TapBed bed =
                new TapBed(
                        mtu,
                        flow ->
                                new Verdict.Relay(
                                        new InetSocketAddress(
                                                loopback, flow.destination().getPort()),
                                        pipeline -> {},
                                        FlowObserver.NONE))) {
            System.out.println(String.join(" ", bed.namespace.command()));
            while (System.in.read() >= 0) {
                // Until the end of input.
            }
        }
    }
}

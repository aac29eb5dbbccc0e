package dev.jsbx.netstack.udp;

import dev.jsbx.netstack.ip.Packet;

/** Decides on new flows. */
@FunctionalInterface
public interface UdpOpener {
    /**
     * Gives a new flow its receiver, which then gets the first datagram.
     *
     * @param flow addresses and ports; kept by the stack until it is closed or silent
     * @param first the packet that began it
     */
    UdpReceiver open(UdpFlow flow, Packet first);
}

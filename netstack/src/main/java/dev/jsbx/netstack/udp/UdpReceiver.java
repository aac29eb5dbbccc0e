package dev.jsbx.netstack.udp;

import dev.jsbx.netstack.ip.Packet;

/** Takes what the guest sends in one flow. */
public interface UdpReceiver {
    /**
     * A datagram has come.
     *
     * @param packet valid until this returns
     * @param at where the payload starts in the packet's memory
     * @param length of the payload in bytes, may be 0
     */
    void datagram(Packet packet, long at, int length);

    /** The flow has been silent for too long, or made room for another; it is over. */
    void expired();
}

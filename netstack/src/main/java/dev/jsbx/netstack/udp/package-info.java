/**
 * UDP towards one guest: flows by addresses and ports, which end when they fall silent.
 *
 * <pre>
 *   Packet ──► UdpStack ── known flow ──► UdpReceiver
 *                 └─ new flow ──► UdpOpener (asks the policy, gives the flow its receiver)
 *   guest  ◄── UdpFlow.send ◄── UdpBatch (as many as the guest takes in one frame)
 * </pre>
 *
 * <p>A denied flow is kept as well, for a while: so that a guest that goes on sending costs one
 * question to the policy and one record in the log, not one per datagram. The number of flows is
 * bounded; the one that was silent for longest makes room.
 */
package dev.jsbx.netstack.udp;

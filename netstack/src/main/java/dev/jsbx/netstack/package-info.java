/**
 * The guest's only way out: a TCP/IP stack in user space that ends the guest's connections, asks a
 * policy about each, and opens its own towards the host.
 *
 * <pre>
 *   guest ── virtio-net or TAP ──► link ──► ip ──► tcp, udp, icmp ──► FlowPolicy ──► host
 *                                   ▲        │                          verdict       │
 *                                   │       arp, dhcp, ndp                            │ Netty
 *                                   └──────────── frames ◄── segments ◄── bytes ◄─────┘ sockets
 * </pre>
 *
 * <p>{@link dev.jsbx.netstack.FlowPolicy} is asked once per flow and answers with a {@link
 * dev.jsbx.netstack.Verdict}; the {@link dev.jsbx.netstack.FlowObserver} in the verdict hears of
 * the flow's end and bytes. Who assembles a sandbox makes the policy out of rules and audit log.
 *
 * <p>Threads: one stack lives on one event loop. Frames, timers, verdicts and both sides' channels
 * run there, so nothing in the stack is locked; other threads reach it by the event loop's queue.
 *
 * <p>What this module must never do: pass a packet of the guest on as it is. The guest's headers
 * end here; only payload that a verdict allows goes to a socket of the host.
 */
package dev.jsbx.netstack;

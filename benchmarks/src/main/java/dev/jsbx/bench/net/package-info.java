/**
 * The network, against what one would take instead: pasta on a TAP device in a namespace, and
 * QEMU's user netdev and passt in one guest.
 *
 * <pre>
 *   guest or namespace: iperf3, net-rows ── the stack under test ── iperf3, net-rows on 127.0.0.1
 * </pre>
 */
package dev.jsbx.bench.net;

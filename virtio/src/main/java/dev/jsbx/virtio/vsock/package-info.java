/**
 * The socket device (virtio 1.2 §5.10): streams between processes in the guest (AF_VSOCK) and Unix
 * sockets of the host, in the hybrid form that Firecracker introduced.
 *
 * <pre>
 *   guest                                    host
 *   connect(CID 2, port P) ────────────────▶ connects to PATH_P; refused: RST
 *   listens on port P ◀───────────────────── connects to PATH, sends "CONNECT P\n",
 *                                            reads "OK hostport\n"; refused: end of stream
 *
 *   tx queue ─▶ Packet ─▶ Muxer ─▶ StreamState ─▶ Outbox ── writev ──▶ Unix socket
 *                           │      (credit, ends)  buffered only while the socket is full
 *   rx queue ◀─ Packet ◀────┘  ◀────────────────────────── readv ─── Unix socket
 * </pre>
 *
 * <p>{@link dev.jsbx.virtio.vsock.StreamState} is the whole protocol of one connection and does no
 * I/O. {@link dev.jsbx.virtio.vsock.Muxer} moves packets between it, the queues and the sockets, on
 * the one thread of {@link dev.jsbx.virtio.vsock.VsockDevice}.
 *
 * <p>Limits. Towards the guest nothing is buffered: data leaves the socket when the guest has both
 * a buffer and credit for it. Towards the host each connection may hold as much as the credit that
 * it was given, 128 KiB, in a slot of memory that is taken only while its socket is full. There are
 * at most 1023 connections; the guest can neither exceed its credit nor make the device queue
 * answers without end, since its packets are left in the ring while it does not take them.
 *
 * <p>Fairness: connections with something for the guest take turns, one packet each. Nothing spins:
 * sockets are watched edge-triggered, so one that is ready but cannot be served wakes nobody.
 */
package dev.jsbx.virtio.vsock;

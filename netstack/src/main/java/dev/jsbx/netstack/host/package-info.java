/**
 * Where the guest's flows become Netty channels and meet sockets of the host.
 *
 * <pre>
 *   TcpConnection ── GuestTcpChannel ── pipeline: inspection… ── RelayHandler
 *                                                                   │  ▲ backpressure both ways:
 *                                                                   ▼  │ a side that cannot write
 *   socket of the host ── EpollSocketChannel ── pipeline: RelayHandler   stops the other's reads
 *
 *   Gate        asks the FlowPolicy about each new flow and does what the verdict says
 *   PublishedPorts  listens on the host; GuestDialer begins the guest's side of what calls there
 *   LinkDriver  turns the event loop: frames in, settle, frames out, timers
 * </pre>
 *
 * <p>A SYN of the guest is held until the host's side stands or has failed, so that refusals and
 * unreachable hosts look to the guest as they do to the host. FIN and RST cross in both directions
 * as what they are.
 *
 * <p>Everything runs on the stack's one event loop. What is buffered is bounded per direction: the
 * TCP window and send buffer on the guest's side, the write-buffer watermarks and the kernel's
 * socket buffers on the host's.
 */
package dev.jsbx.netstack.host;

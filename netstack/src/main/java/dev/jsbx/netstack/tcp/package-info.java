/**
 * TCP (RFC 9293), ended here: the guest's connections have their other end in this package.
 *
 * <pre>
 *   segments of one batch                                     users (channels)
 *        │                                                          ▲ │
 *        ▼                                              readable    │ │ write, read
 *   TcpStack ── TupleTable ──► SegmentArrives      writable    │ │ shutdown, abort
 *                                     │ one TcpConnection           │ ▼
 *                     ┌───────────────┴──────────────┐   settle: once per batch and connection
 *                 Receiver                        Sender ──► SegmentWriter ──► IP
 *        ReceiveQueue, Reassembly,        SendQueue, Scoreboard, Rack, Recovery,
 *        SackBlocks, window, ACKs         AckProcessor, Cubic, SendTimer, RttEstimator
 * </pre>
 *
 * <p>What it does: window scaling, timestamps with PAWS (RFC 7323), SACK with duplicate reports
 * (RFC 2018, 2883), loss detection by time (RACK and tail loss probes, RFC 8985) or, to peers
 * without SACK, NewReno (RFC 6582), proportional rate reduction (RFC 6937), timeouts by RFC 6298,
 * CUBIC (RFC 9438), zero-window probes, keep-alive, half-close, simultaneous open and close,
 * TIME-WAIT, blind-attack checks (RFC 5961), secret initial sequence numbers (RFC 6528).
 *
 * <p>What it leaves out, on purpose: urgent data (ignored, as RFC 6093 allows), SYN cookies (see
 * {@link dev.jsbx.netstack.tcp.TcpConfig}), Nagle's algorithm (writers here are relays that write
 * what came at once), Fast Open, ECN.
 *
 * <p>Segments of up to 64 KiB pass as one unit both ways where the link cuts and joins them; all
 * sequence arithmetic is in bytes, so nothing else changes.
 *
 * <p>Memory is bounded: buffers per connection by window and send buffer, scoreboard and reassembly
 * by parts, all together by {@link dev.jsbx.netstack.tcp.TcpConfig}'s {@code memory}, close to
 * which windows shrink. No segment costs an object.
 */
package dev.jsbx.netstack.tcp;

/**
 * The host's side of the guest agent.
 *
 * <p>The agent is a static C program, PID 1 of every guest ({@code src/main/agent}). It serves byte
 * streams: vsock connections in a guest, a Unix socket in tests. {@code protocol.h} describes what
 * goes over them; {@link dev.jsbx.image.agent.Protocol} has its numbers.
 *
 * <pre>
 *   caller ── stdin() ──▶ StdinStream ──┐ credit                 ┌──▶ pipe or pty ──▶ process
 *                                       FrameWriter ══ vsock ══▶ agent
 *   caller ◀─ stdout() ── StreamBuffer ◀┐                        │
 *   caller ◀─ stderr() ── StreamBuffer ◀┴ Session ◀ FrameReader ◀┴─── pipes or pty ◀── process
 * </pre>
 *
 * <p>One connection carries control requests and then one session. The guest opens the first one
 * itself, to {@link dev.jsbx.image.agent.Protocol#PORT} of the host, so that nobody polls; the host
 * may send its first request before the guest has said hello.
 *
 * <p>The agent's messages are hostile: every length has a cap, text is made printable before it can
 * reach a terminal, and a session buffers {@link dev.jsbx.image.agent.Protocol#WINDOW} bytes a
 * stream at most. What breaks the protocol ends the connection with an {@link
 * dev.jsbx.image.agent.AgentException}, nothing else.
 */
package dev.jsbx.image.agent;

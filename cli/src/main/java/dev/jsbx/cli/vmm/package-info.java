/**
 * The process of one sandbox, and how a command starts and watches it.
 *
 * <pre>
 *   command                                    VMM process (own session, own log)
 *   VmmHandle.start ── fork, exec ───────────▶ VmmProcess.main DIRECTORY STARTER
 *      its stdin, kept open ─────────────────▶ end of file: the command has ended
 *      its stdout ◀─────────────── Report ──── mark, failed, end
 *   listens on vsock_1024 ◀── guest's agent ── vsock device
 *   VmmControl ── one line asks, one answers ▶ ControlServer
 *   RemoteTerminal ◀── TerminalFrames ───────▶ KeptTerminal ── Session ──▶ guest's agent
 * </pre>
 *
 * <p>A command without a terminal talks to the guest's agent itself, through the vsock device. One
 * with a terminal in a sandbox that stays has this process in between, which goes on when the user
 * leaves: it reads what is shown, keeps the last of it, and has the next user at it.
 *
 * <p>A crash or a compromise stays with one sandbox, and parallel sandboxes share nothing. The
 * process holds the sandbox's {@code vmm.lock} for life; what it started dies with it, even when it
 * is killed.
 */
package dev.jsbx.cli.vmm;

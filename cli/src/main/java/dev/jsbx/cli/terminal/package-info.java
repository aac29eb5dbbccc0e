/**
 * The terminal that a command is watched in, and the signals that come from it.
 *
 * <pre>
 *   keys ───▶ raw terminal ─▶ DetachKeys ─▶ the guest's terminal
 *   SIGWINCH, SIGINT … ─▶ HostSignals ────▶ the guest's command
 * </pre>
 *
 * <p>A raw terminal is put back three ways: by whoever made it raw, on every way out; by the JVM's
 * shutdown; and, should the process be killed, by a shell that waits for just that.
 */
package dev.jsbx.cli.terminal;

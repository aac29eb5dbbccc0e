/**
 * The dashboard: {@code jsbx} alone on a terminal, or {@code jsbx dashboard}.
 *
 * <pre>
 *   sandboxes' files, /proc ─▶ SandboxPanel ─┐
 *                                            ├─▶ Dashboard ─▶ Screen ─▶ terminal
 *   audit log ───────────────▶ NetworkPanel ─┘      ▲
 *                                            Keys ──┘ ─▶ Commands: jsbx run, exec, stop, rm, policy
 * </pre>
 *
 * <p>It only looks; whatever changes something is a command of jsbx in a process of its own, as the
 * user would type it. It needs 80 by 24 characters and no colours, polls once a second, and leaves
 * the terminal as it was, on signals too.
 */
package dev.jsbx.cli.dashboard;

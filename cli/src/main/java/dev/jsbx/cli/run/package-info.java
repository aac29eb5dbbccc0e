/**
 * {@code jsbx run}: from a command line to an exit code.
 *
 * <pre>
 *   options ─▶ RunOptions ─▶ sandbox + VMM process ─▶ session with the guest's agent
 *                                                       stdin ──▶
 *                                                       ◀── stdout, stderr, exit code
 *                                                       signals, window size ──▶
 * </pre>
 *
 * <p>All that can be refused is refused before anything is made. From then on the sandbox is
 * removed, or left stopped if it has a name, on every way out.
 */
package dev.jsbx.cli.run;

/**
 * What a user sees, tried on whole {@code jsbx} processes with real guests, on whichever engine is
 * asked for.
 *
 * <pre>
 *   AcceptanceIT (JUnit)   ─┐
 *   AcceptanceMain (lab)   ─┴─▶ groups of Check ─▶ JsbxProgram ─▶ ./jsbx run --engine ENGINE …
 * </pre>
 *
 * <p>The checks know neither JUnit nor the engine, so that the same ones run where only a Java
 * runtime is. Each has a state directory of its own, in which nothing may be left at its end.
 */
package dev.jsbx.cli.acceptance;

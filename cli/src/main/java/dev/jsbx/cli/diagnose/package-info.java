/**
 * {@code jsbx diagnose}: one check for each thing of the host that jsbx needs, with what to do when
 * it is not as it should be. Checks look and measure; they change nothing.
 */
package dev.jsbx.cli.diagnose;

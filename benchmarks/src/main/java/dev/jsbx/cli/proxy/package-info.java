/** Measures what the proxy keeps to its package; see {@code dev.jsbx.bench.secret}. */
package dev.jsbx.cli.proxy;

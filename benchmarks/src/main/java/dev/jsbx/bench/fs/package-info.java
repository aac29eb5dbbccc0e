/**
 * jsbx's shared directory against virtiofsd's: both serve a directory of the same disk to one and
 * the same guest, in which each row is measured on one and then on the other, in turns.
 *
 * <pre>
 *   jsbx vhost-user fs ──socket──┐                     /a ── row, row, …
 *                                ├── QEMU, TCG, guest ─┤     in turns, five times
 *   virtiofsd -o cache=auto ─────┘                     /b ── row, row, …
 * </pre>
 *
 * <p>{@code JAVA_TOOL_OPTIONS=-Djsbx.bench.rows=PATTERN benchmarks/run virtio-fs} measures some of
 * the rows; {@code -Djsbx.bench.pairs=N}, {@code -Djsbx.bench.files=N} and {@code
 * -Djsbx.bench.seconds=N} bound how much and how long. {@link dev.jsbx.bench.fs.ServerRequests} is
 * the server alone, without a guest, under JMH.
 */
package dev.jsbx.bench.fs;

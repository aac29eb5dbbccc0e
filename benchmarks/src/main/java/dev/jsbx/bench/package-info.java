/**
 * Figures, always side by side with what one would take instead.
 *
 * <pre>
 *   benchmarks/run ──▶ Main ──┬──▶ Comparison…   ours and theirs, in turns, in one run; a ratio
 *                             └──▶ JMH           @Benchmark classes of this package
 * </pre>
 *
 * <p>A comparison measures both sides several times in turns, because machines, virtual ones above
 * all, change their speed while one measures; it reports the medians and their ratio. C programs
 * that serve as the other side are resources here, compiled when they are needed.
 */
package dev.jsbx.bench;

/**
 * jsbx's shared directory against virtiofsd's: both serve a directory of one file system to one and
 * the same guest, in which each row is measured on one and then on the other, in turns.
 *
 * <pre>
 *   jsbx vhost-user fs ──socket──┐                     /a ── row, row, …
 *                                ├── QEMU, TCG, guest ─┤     in turns, five times
 *   virtiofsd -o cache=auto ─────┘                     /b ── row, row, …
 * </pre>
 *
 * <p>Both directories lie in memory, so that the servers are compared and not the luck of a disk;
 * {@code -Djsbx.bench.directory=DIR} puts them elsewhere. A step that hangs costs its guest, not
 * the run; each figure is in {@code benchmarks/target/virtio-fs.tsv} as soon as it is known, from
 * where {@code -Djsbx.bench.resume=true} goes on.
 *
 * <pre>{@code
 * benchmarks/run virtio-fs
 * benchmarks/run -Djsbx.bench.rows=PATTERN -Djsbx.bench.pairs=N -Djsbx.bench.files=N virtio-fs
 * benchmarks/run -Djsbx.bench.queues=N virtio-fs
 * benchmarks/run -Djsbx.bench.seconds=N -Djsbx.bench.step=N virtio-fs
 * }</pre>
 *
 * <p>jsbx has a queue for each of the two vCPUs unless {@code queues} says otherwise, virtiofsd the
 * one that it can have. The last ones bound how long the whole run, and a step, may take. {@link
 * dev.jsbx.bench.fs.DaxComparison} has the same files mapped and read, in the lab. {@link
 * dev.jsbx.bench.fs.ServerRequests} is the server alone, without a guest, under JMH.
 */
package dev.jsbx.bench.fs;

/**
 * jsbx's shared directory against virtiofsd's: both serve a directory of the same disk to one and
 * the same guest, in which each row is measured on one and then on the other, in turns.
 *
 * <pre>
 *   jsbx vhost-user fs ──socket──┐                     /a ── row, row, …
 *                                ├── QEMU, TCG, guest ─┤     in turns, five times
 *   virtiofsd -o cache=auto ─────┘                     /b ── row, row, …
 * </pre>
 */
package dev.jsbx.bench.fs;

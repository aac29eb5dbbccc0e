/**
 * The entropy device (virtio 1.2 §5.4): fills the guest's buffers with the host kernel's random
 * bytes. The simplest device there is, and so the one to read first.
 *
 * <pre>
 *   requestq ── pop ──▶ writable() ◀── getrandom(2), at most 64 KiB ── push ──▶ guest
 * </pre>
 */
package dev.jsbx.virtio.rng;

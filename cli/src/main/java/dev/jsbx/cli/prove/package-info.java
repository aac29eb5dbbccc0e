/**
 * Proves that a secret is nowhere in a guest, by looking everywhere.
 *
 * <pre>
 *   SecretValue ─▶ Needles (plain, base64 ×3, hex, URL, JSON, UTF-16) ─▶ Search
 *                                                                         ▲ bytes, in windows
 *   GuestMemory: /proc/PID/mem of whoever has the guest's memory mapped ──┤
 *   files: disks, workspaces, logs, the state directory ──────────────────┘──▶ Proof: what was
 *                                                                              searched, each hit
 * </pre>
 *
 * <p>Memory is read while the guest runs, page after page: a value that moves may be missed, one
 * that rests is not. What lies across two pages that are neighbours for the guest only is seen as
 * far as its parts are long enough to be told from chance.
 */
package dev.jsbx.cli.prove;

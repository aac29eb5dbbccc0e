/**
 * Where a guest's network card meets the user-space network stack.
 *
 * <pre>
 *   guest ── virtio-net rings ── NetPort ── GuestLink ── Stack ── policy, DNS, audit ── host sockets
 *                                               └ one event loop: no hand-over between threads
 * </pre>
 *
 * <pre>
 *   PolicyGate: one verdict a flow ── allowed ─► Standing: by which names, and what was seen in it
 *                     │                             ▲ judge
 *                     │ denied, port 80             │
 *                     └──────────► FirstBytes ──────┴─ HttpConversation ─► relay to the host
 *                                       └─ Refused: a page, or reset
 * </pre>
 *
 * <p>A frame is copied once, out of the guest's memory: what is parsed can no longer be changed by
 * the guest.
 */
package dev.jsbx.cli.net;

/**
 * Devices at work for the JVM to remember: what it compiled in a rehearsal, with what it had
 * learned of it, it compiles at once at the next start of the same ({@code -XX:AOTCache}). Without
 * that, a network card's first few thousand connections take three times as long as those after.
 *
 * <pre>
 *   the process that rehearses                     its peer, another process
 *   ┌──────────────────────────────┐  vhost-user  ┌───────────────────────────────────────┐
 *   │ DeviceRehearsal              │ ◀──────────▶ │ GuestWire: a driver, as a link         │
 *   │   NetServer: card, stack,    │    queues    │ NetStack: plays the guest, a published │
 *   │   policy, audit log          │              │   port its only program    ▲           │
 *   │        │ sockets             │              │            Traffic ────────┘           │
 *   └────────┼─────────────────────┘              │   FarEnd: who is called ◀─┐           │
 *            └───────────────────────────────────▶└───────────────────────────┴───────────┘
 * </pre>
 *
 * <p>The guest's half is a process of its own, so that only the device's half is learned. That of a
 * shared directory is so little that it is played in the same process ({@link
 * dev.jsbx.cli.rehearsal.FsRehearsal}).
 */
package dev.jsbx.cli.rehearsal;

/**
 * Devices for other VMMs: the back-end side of vhost-user (QEMU's {@code
 * docs/interop/vhost-user.rst}).
 *
 * <pre>
 *   VMM (front-end), e.g. QEMU                       this process (back-end)
 *   ┌────────────────────────┐   Unix socket   ┌─────────────────────────────────┐
 *   │ virtio-mmio or -pci    │ ── messages ──▶ │ VhostUserServer                 │
 *   │ negotiation with guest │ ◀── replies ─── │   Session: features, config     │
 *   │                        │                 │   RegionTable: guest memory     │
 *   │ guest RAM (memfd) ─────┼── descriptors ─▶│   Vring × n: addresses, fds     │
 *   │ ioeventfd ─────────────┼── kick ────────▶│   RingSet: activate, quiesce    │
 *   │ irqfd ◀────────────────┼── call ─────────│        │                        │
 *   └────────────────────────┘                 │        ▼                        │
 *                                              │   VirtioDevice                  │
 *                                              └─────────────────────────────────┘
 * </pre>
 *
 * <p>One server serves one device to one front-end at a time, and listens again when that one goes
 * away. A device works on whole sets of rings, the protocol starts and stops them one by one: so
 * the server quiesces the device for each change, and activates it with what is live when the
 * front-end has nothing further to say.
 *
 * <p>The front-end is trusted as far as it hands over memory and descriptors of its own; a message
 * that breaks the protocol closes the connection. The guest behind it is not trusted: its rings go
 * through the same checks as under every other transport.
 */
package dev.jsbx.virtio.vhostuser;

/**
 * Devices on the machine's own bus: the virtio-mmio transport, version 2 (virtio 1.2 §4.2).
 *
 * <pre>
 *   vCPU ── MMIO exit ──▶ Bus ──▶ MmioTransport ── activate, quiesce, reset ──▶ VirtioDevice
 *                                  │ status, features, queue set-up                 │
 *                                  │                                                │
 *   vCPU ── write to QueueNotify ──┴── Doorbells (ioeventfd) ──▶ kick (EventFd) ──▶ Worker
 *   vCPU ◀── InterruptLine (irqfd) ◀── InterruptStatus ◀──────── signal() ──────────┘
 * </pre>
 *
 * <p>The driver is hostile until shown otherwise, so every write is taken in the order that the
 * standard lays down, or not at all: status bits one by one, features only between DRIVER and
 * FEATURES_OK, queues only between FEATURES_OK and DRIVER_OK. What a queue is when the driver says
 * DRIVER_OK stays so until the device is reset. Nothing here throws.
 */
package dev.jsbx.virtio.mmio;

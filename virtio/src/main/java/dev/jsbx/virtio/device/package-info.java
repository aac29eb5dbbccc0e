/**
 * What a virtio device is, apart from how the driver reaches it.
 *
 * <pre>
 *      transport (virtio-mmio, vhost-user)                  device (blk, vsock, fs, …)
 *   ┌──────────────────────────────────────┐             ┌─────────────────────────────┐
 *   │ negotiation, queue set-up, status    │  activate   │                             │
 *   │                                      │ ──────────▶ │ Worker threads              │
 *   │ DeviceContext                        │  quiesce    │   epoll: kicks, sockets,    │
 *   │   memory, features                   │ ──────────▶ │   timers                    │
 *   │   DeviceQueue × n                    │  reset      │   pop, handle, push         │
 *   │     kick (EventFd), ring, signal()   │ ──────────▶ │   signalIfNeeded()          │
 *   └──────────────────────────────────────┘             └─────────────────────────────┘
 * </pre>
 *
 * <p>The transport owns the rings' addresses and the interrupt; the device owns its threads. The
 * only ways between them are {@link dev.jsbx.virtio.device.VirtioDevice} downwards and {@link
 * dev.jsbx.virtio.device.DeviceContext} upwards, so every device works under each transport, and in
 * a test over plain memory.
 *
 * <p>A device never touches guest memory before {@code activate} or after {@code quiesce} has
 * returned: that is what allows memory to be unmapped, replaced, or written to a snapshot.
 */
package dev.jsbx.virtio.device;

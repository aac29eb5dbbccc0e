/**
 * The device side of a split virtqueue (virtio 1.2 §2.7).
 *
 * <pre>
 *   guest memory                            this process
 *   ┌──────────────────┐  avail.idx         ┌───────────┐   pop    ┌─────────────────┐
 *   │ available ring   │ ─────────────────▶ │           │ ───────▶ │ DescriptorChain │
 *   │ descriptor table │  copied once       │ VirtQueue │          │   readable()    │──▶ writev
 *   │ indirect tables  │ ─────────────────▶ │           │          │   writable()    │◀── readv
 *   │ used ring        │ ◀───────────────── │           │ ◀─────── │                 │
 *   └──────────────────┘  used.idx          └───────────┘   push   └─────────────────┘
 * </pre>
 *
 * <p>What comes in is written by the guest, which may be hostile and may change every byte while it
 * is read. So a descriptor is copied into locals once, the copy is checked, and only the checked
 * copy is used: addresses through {@link dev.jsbx.vmm.memory.GuestMemory}, chain lengths against
 * the queue's size, sums against caps. What goes out are chains of checked memory, which devices
 * read, write, or hand to the kernel as iovecs.
 *
 * <p>A ring that breaks the rules is marked broken: it yields nothing more, its owner is told once,
 * and no exception leaves {@code pop}. Nothing is allocated per chain.
 */
package dev.jsbx.virtio.queue;

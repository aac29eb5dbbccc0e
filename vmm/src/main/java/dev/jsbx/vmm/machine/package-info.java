/**
 * One virtual machine, assembled: KVM, memory, buses, the devices every machine has, and room for
 * virtio devices.
 *
 * <pre>
 *   Machine.create ─▶ nextSlot / attach (devices) ─▶ load (kernel, ACPI) ─▶ start ─▶ awaitExit
 *                                                                  pause ⇄ resume     │
 *                                                                                   close
 *   vCPU threads ──▶ ports: COM1, power, reset, panic, boot timer
 *               └──▶ MMIO:  slot 0, 1, 2 … (virtio-mmio transports)
 * </pre>
 *
 * <p>A machine ends once, with one {@link dev.jsbx.vmm.machine.MachineExit}: by power-off, reset,
 * panic, triple fault or error, whichever comes first, or because it is stopped. A reset is an end
 * like the others; who wants the guest again makes a new machine.
 *
 * <p>Threads: one platform thread per vCPU. Devices are called on them, and must not block them.
 *
 * <p>What this package must never do: know a virtio device, or an image's format.
 */
package dev.jsbx.vmm.machine;

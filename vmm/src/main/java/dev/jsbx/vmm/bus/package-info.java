/**
 * What connects devices to a machine, whatever executes the guest.
 *
 * <pre>
 *   vCPU ── MMIO or port exit ──▶ Bus ──▶ BusDevice.read / write
 *   vCPU ── queue notify ───────▶ Doorbells (ioeventfd) ──▶ device's EventFd
 *   device ── InterruptLine.raise ──▶ irqfd ──▶ interrupt controller
 * </pre>
 *
 * <p>Devices see these types only; which engine is behind them they cannot tell.
 */
package dev.jsbx.vmm.bus;

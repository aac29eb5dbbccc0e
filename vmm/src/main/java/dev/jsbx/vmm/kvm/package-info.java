/**
 * Linux's hypervisor, {@code /dev/kvm}, as Java objects ({@code Documentation/virt/kvm/api.rst}).
 *
 * <pre>
 *   Kvm ── createVm ──▶ Vm ── createVcpu ──▶ Vcpu
 *   capabilities        memory slots          registers, MSRs, CPUID
 *   supported CPUID     irqchip, PIT, clock        │
 *                       IoEventFds (Doorbells)     ▼
 *                       IrqFd (InterruptLine)  VcpuThread ── start, pause, resume, stop
 *                                                  │
 *                                              VcpuLoop ── KVM_RUN ──▶ Bus (ports, MMIO)
 * </pre>
 *
 * <p>{@link dev.jsbx.vmm.kvm.VcpuLoop} is where a virtual CPU spends its life: it enters the guest,
 * and answers the exits that are meant for devices. It allocates nothing and ends only with a
 * {@link dev.jsbx.vmm.kvm.VcpuExit}. Queue notifications and interrupts do not pass here at all:
 * KVM turns the first into eventfds and takes the second from eventfds.
 *
 * <p>Threads: a {@link dev.jsbx.vmm.kvm.Vcpu}'s registers belong to its thread while that runs; to
 * read them, pause it first. Everything of {@link dev.jsbx.vmm.kvm.Vm} may be called from any
 * thread.
 *
 * <p>What this package must never do: know a device, or a guest's kind of operating system.
 */
package dev.jsbx.vmm.kvm;

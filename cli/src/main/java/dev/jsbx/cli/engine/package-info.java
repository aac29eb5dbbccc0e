/**
 * Who executes the guest's instructions.
 *
 * <pre>
 *                 Slot: VirtioDevice, VirtioDevice, …        the same for every engine
 *                    │                       │
 *   KvmEngine:   MMIO transport        QemuEngine:  vhost-user socket
 *                    │                       │
 *                /dev/kvm            qemu-system-x86_64 (TCG), memory shared
 * </pre>
 *
 * <p>An engine takes a machine's description and its devices, starts the guest, and says how it
 * ended. It never decides what the guest may reach: that is in the devices it is given.
 */
package dev.jsbx.cli.engine;

/**
 * Devices of a PC that are older than ACPI: the 16550 serial port, and what is left of the keyboard
 * controller, its reset line.
 *
 * <pre>
 *   guest ── OUT 0x3f8 ──▶ Serial16550 ──▶ SerialSink (console, log)
 *   guest ◀── IN 0x3f8 ─── Serial16550 ◀── receive() (keyboard)
 *                │ INTR
 *                ▼ InterruptLine
 * </pre>
 *
 * <p>They know nothing of virtual machines, and are tested register by register.
 */
package dev.jsbx.vmm.serial;

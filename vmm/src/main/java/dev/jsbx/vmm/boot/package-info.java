/**
 * Putting Linux into guest memory and a CPU in front of it, as a boot loader would have.
 *
 * <pre>
 *   bzImage ── BzImage ──▶ vmlinux (ELF) ── ElfKernel ──┐
 *   cpio archives ─────────────────────────── initrd ───┼─▶ GuestMemory, see Layout
 *   command line ── ZeroPage (memory map, addresses) ───┘
 *   GDT, page tables, registers ── LinuxEntry ──▶ vCPU 0
 * </pre>
 *
 * <p>The kernel is entered by the 64-bit boot protocol, without firmware and without its own
 * decompressor; it learns its hardware from the ACPI tables at {@link
 * dev.jsbx.vmm.boot.Layout#ACPI}.
 *
 * <p>Kernel files are not trusted: every offset and length in them is checked against the file and
 * against guest memory, and any input ends in a loaded kernel or an IOException of one line.
 */
package dev.jsbx.vmm.boot;

/**
 * The guest's physical memory, as the VMM sees it.
 *
 * <pre>
 *   gpa 0 ───────── 3 GiB            4 GiB ──────────────
 *      │  region 0    │   MMIO hole    │  region 1        one memfd, two memory slots
 *      └──────┬───────┘                └──────┬────────
 *             └────────── memfd ──────────────┘           passed to vhost-user peers
 * </pre>
 *
 * <p>Above all memory there may be a {@link dev.jsbx.vmm.memory.MemoryWindow}, into which a device
 * maps files for the guest alone.
 *
 * <p>Every address and length that a guest names goes through {@link
 * dev.jsbx.vmm.memory.GuestMemory#slice} or its siblings here, which refuse whatever does not lie
 * within one region. Nothing else in the project turns a guest's number into memory. The guest may
 * change any byte at any time: who needs a stable value copies it once and then checks the copy.
 */
package dev.jsbx.vmm.memory;

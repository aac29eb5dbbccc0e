/**
 * The FUSE wire format (Linux {@code include/uapi/linux/fuse.h}, protocol 7.38 and what later minor
 * versions add): opcodes, flags, and where the fields of each structure stand. Nothing here does
 * anything with them; that is {@code virtio.fs}.
 *
 * <pre>
 *   request   ┌────────────────┬──────────────────┬───────────────┬─────────┐
 *             │ fuse_in_header │ In.Write, In.Open│ names, each   │ data    │
 *             │ 40 bytes       │ … by opcode      │ ends with NUL │ (WRITE) │
 *             └────────────────┴──────────────────┴───────────────┴─────────┘
 *   reply     ┌─────────────────┬─────────────────┬───────────────┐
 *             │ fuse_out_header │ Out.Entry, Out. │ data (READ,   │  its length field = bytes
 *             │ 16 bytes        │ Attr … by opcode│ READDIR, …)   │  written = used length
 *             └─────────────────┴─────────────────┴───────────────┘
 * </pre>
 *
 * <p>All fields are little-endian, as guest and host are x86-64. A request comes from the guest and
 * may say anything: its length is checked before a field is read, and each field after.
 */
package dev.jsbx.virtio.fuse;

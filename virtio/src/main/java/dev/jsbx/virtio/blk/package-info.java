/**
 * The block device (virtio 1.2 §5.2): a raw file or block device of the host as the guest's disk.
 *
 * <pre>
 *   queue 0..n ── pop ──▶ BlkHandler ── preadv, pwritev ──▶ DiskImage ──▶ file
 *   one Worker each        │ header: type, sector            fallocate, fdatasync
 *                          │ checks against the capacity
 *                          └── status byte ── push ──▶ guest
 * </pre>
 *
 * <p>Data moves between the file and guest memory without a copy in this process. A request is
 * checked as a whole before anything is done: whole sectors, within the capacity, writing only
 * where the disk is writable. What the host refuses (EIO, ENOSPC, …) becomes VIRTIO_BLK_S_IOERR,
 * and is told once to the log. Writes may sit in the host's page cache until the driver flushes; a
 * driver without VIRTIO_BLK_F_FLUSH gets every write flushed.
 */
package dev.jsbx.virtio.blk;

/**
 * The network device (virtio 1.2 §5.1): Ethernet frames between a guest's rings and one thread of
 * whoever is on the other end, a user-space network stack for instance.
 *
 * <pre>
 *   transmitq ── pop ──▶ NetPort.receive ──▶ PacketHandler      header and frame, where they lie
 *   receiveq  ◀── stage, publish ── NetPort.send ◀── PacketSource    over one or more buffers
 *   controlq  ──▶ ControlQueue (a thread of its own): MAC address, filters
 *                     kicks ──▶ NetPort.readiness (one descriptor to wait for)
 * </pre>
 *
 * <p>Each packet begins with {@code struct virtio_net_hdr}, 12 bytes that say which checksum is
 * still to be made and into which segments the rest is to be cut; the device passes it on as it is.
 * Whoever handles packets treats header and frame as hostile.
 *
 * <p>Offloads: checksums, TCP segmentation and UDP segmentation (USO), all both ways. QEMU knows
 * USO's three bits from 8.2 on; before, only the kvm engine's guests see it.
 *
 * <p>One pair of queues: the stack behind it is one thread, which spends most of its time in the
 * system calls that copy to and from the host's sockets. A second queue would spare the guest's
 * CPUs a lock that is held for some hundred nanoseconds, and cost the stack a second ring to look
 * at with each batch.
 *
 * <p>The device has no thread on the data path: the backend's own thread takes and gives packets in
 * batches, so that a packet costs no wake-up between two threads of this process. A backend that is
 * slow leaves packets in the ring, which stops the guest's queue; a guest that gives no buffers
 * makes {@link dev.jsbx.virtio.net.NetPort#send} return false until it does.
 */
package dev.jsbx.virtio.net;

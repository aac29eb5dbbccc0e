/**
 * Where frames come from and go to: batches of Ethernet frames with the offload metadata of
 * virtio-net, so that a super-segment of 64 KiB passes as one unit.
 *
 * <pre>
 *   stack ◄── Frame (memory, offset, length, Offload) ◄── Link.receive   up to a budget at a time
 *   stack ──► OutFrame (header + payload pieces, Offload) ──► Link.transmit … Link.flush
 *
 *   TapLink      /dev/net/tun with IFF_VNET_HDR: Linux on the other side
 * </pre>
 *
 * <p>A frame that came in is valid until the handler returns, unless its memory is backed by a
 * buffer that can be retained: then payload goes on without a copy. A frame that goes out is read
 * before {@code transmit} returns. Neither costs an object.
 *
 * <p>Offload metadata of the guest is a claim, not a fact: a frame that says "checksum still to be
 * made" is taken as whole, since it never left the guest's memory, and sizes of its segments serve
 * for bookkeeping only.
 *
 * <p>Threads: a link belongs to its stack's event loop.
 */
package dev.jsbx.netstack.link;

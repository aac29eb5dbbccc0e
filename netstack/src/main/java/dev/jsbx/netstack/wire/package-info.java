/**
 * What stands in a frame, byte by byte: views of headers over memory that somebody else owns.
 *
 * <pre>
 *   segment   ......┌ Ethernet ┬ IPv4 ───────┬ TCP ──────────┬ payload ...
 *   offset at ──────┘          └ at + 14     └ at + 14 + IHL
 * </pre>
 *
 * <p>A view is a class of static methods that take the segment and the offset of the header's first
 * byte, so that a packet costs no object and the same code reads a TAP's buffer, a test's array and
 * guest memory. Numbers are in host order; unsigned 8 and 16 bit fields come as {@code int}, 32 bit
 * fields as {@code int} whose bits count. Accessors check nothing but the segment's own bounds:
 * each class has a {@code check} or {@code parse} that says whether the lengths in a header hold,
 * and the caller asks it before anything else.
 *
 * <p>Memory of a guest may change between two reads. Who decides by a field reads it once.
 *
 * <p>Addresses of both IP versions are held as 128 bits in two {@code long}s, IPv4 as {@code
 * ::ffff:a.b.c.d} (RFC 4291 §2.5.5.2).
 */
package dev.jsbx.netstack.wire;

/**
 * Tells the guest who it is: a DHCP server (RFC 2131) with one lease, so that any image that asks
 * comes up with address, router, DNS server and MTU.
 *
 * <pre>
 *   UDP port 67 ──► DhcpServer ──► UDP port 68, to the guest's Ethernet address or to all
 * </pre>
 */
package dev.jsbx.netstack.dhcp;

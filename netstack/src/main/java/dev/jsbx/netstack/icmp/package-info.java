/**
 * ICMP and ICMPv6 messages of the guest: echo requests to the gateway are answered here, those to
 * others are flows under policy; errors and everything else end here.
 */
package dev.jsbx.netstack.icmp;

/**
 * Neighbor discovery of IPv6 (RFC 4861) as its router: solicitations are answered, and router
 * advertisements give the guest prefix, route, MTU and DNS server.
 *
 * <p>The prefix is announced as autonomous but not on-link, so that the guest sends everything to
 * the gateway and never looks for neighbours. Advertisements of the guest itself, router ones above
 * all, are ignored: nothing that it says changes where frames go.
 */
package dev.jsbx.netstack.ndp;

/**
 * DNS for the guest, answered under policy.
 *
 * <pre>
 *   query ─► DnsQuery ─► DnsResponder ── may the name be looked up? ─► NXDOMAIN, nothing leaves
 *                            │ yes
 *                            ▼
 *                  AnswerCache, QueryLimits ─► Resolver (the host's)
 *                            │
 *                            ▼
 *          CnameChain ─► may the address be reached? ─► left out; NXDOMAIN if none is left
 *                            │ yes
 *                            ├─► LearnedNames: address → names, which connections go by
 *                            ▼
 *                        DnsReply
 * </pre>
 *
 * <p>A question for a name that is denied never leaves the host, so names carry nothing out; for
 * names that are allowed {@link dev.jsbx.netstack.dns.QueryLimits} bounds it. Records of types A,
 * AAAA, CNAME, PTR, TXT, SVCB and HTTPS are passed on, their TTLs kept; of others there are none.
 * DNSSEC records are not passed on, as answers are changed on their way.
 *
 * <p>Everything from the guest is checked for length before it is read; everything kept is bounded.
 * All but {@link dev.jsbx.netstack.dns.LearnedNames} is confined to the stack's event loop.
 */
package dev.jsbx.netstack.dns;

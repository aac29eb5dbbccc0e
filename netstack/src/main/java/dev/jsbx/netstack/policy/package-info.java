/**
 * Who may talk to whom: rules as users write them, and the engine that decides connections by them.
 *
 * <pre>
 *   policy.yaml ─► PolicyFile ─► Policy ─► PolicyEngine ─► Decision (allowed, rule, reason)
 *        ▲  watched by                        ▲  decide(transport, name, address, port)
 *   PolicyWatch ──── swaps the engine ────────┘
 *
 *   decide:  1. rules on the name      host:port, host, *.suffix, **.suffix   NameTable
 *            2. rules on the address   longest prefix                         AddressRules
 *            3. rules on everything    *                                      PortTable
 *            4. the mode               open, balanced, locked-down
 *            5. if 1 to 4 allow: is the address public, or opened by 2?       Guard
 * </pre>
 *
 * <p>The most specific rule wins and deny wins a tie: a host before a wildcard, a longer wildcard
 * before a shorter one, {@code *.x} before {@code **.x}, a longer prefix before a shorter one, and
 * everything last; of two rules on the same host or block the one with a port. The rules of all
 * sandboxes and of the one sandbox stand side by side.
 *
 * <p>Unless the mode is open, a name never opens an address that is not public: step 5 looks at the
 * address that would be dialled, so names that resolve inwards get nowhere. UDP and ICMP take a
 * rule that names them, or mode open; UDP to port 443 takes a rule that names both.
 *
 * <p>What cannot be read denies: a broken policy file, an address family nobody knows, a name that
 * is none. Nothing here resolves names, opens sockets or blocks; threads may share everything but
 * {@link dev.jsbx.netstack.policy.PolicyWatch}'s own.
 */
package dev.jsbx.netstack.policy;

/**
 * Whom a connection says it is for, read from the guest's bytes.
 *
 * <pre>
 *   first bytes ─► Sniffer ─┬─ ClientHello ─► SNI, ALPN, ECH ──┐
 *                           ├─ HttpScan ─► HttpHead: Host ─────┼─► NameCheck ─► Decision
 *                           └─ neither ────► nothing to check ─┘      ▲    ▲
 *   later ─► HttpBody to its end ─► HttpRequests: the next head ──────┘    │
 *   answers ─► HttpResponses: which request is answered, and how           │
 *                                              names learned by DNS ───────┘
 * </pre>
 *
 * <p>The decision at the handshake goes by learned names and the address; what is seen afterwards
 * can only take it back. Plain HTTP is then told why ({@link dev.jsbx.netstack.sniff.HttpRefusal}),
 * all else is reset. With an encrypted ClientHello the outer name counts as the name.
 *
 * <p>All bytes are a guest's: lengths are checked, what is held back is bounded and looked at once,
 * and what two readers could understand differently is malformed. That goes for requests by what
 * servers accept in practice, not by RFC 9112 alone: whatever one of them could take for a request
 * is either read strictly or refused.
 */
package dev.jsbx.netstack.sniff;

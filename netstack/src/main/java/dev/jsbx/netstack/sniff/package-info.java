/**
 * Whom a connection says it is for, read from its first bytes.
 *
 * <pre>
 *   guest's bytes ─► Sniffer ─┬─ ClientHello ─► SNI, ALPN, ECH ──┐
 *                             ├─ HttpHead ────► method, path, Host ├─► NameCheck ─► Decision
 *                             └─ neither ────► nothing to check  ──┘       ▲
 *                                              names learned by DNS ───────┘
 * </pre>
 *
 * <p>The decision at the handshake goes by learned names and the address; what is seen afterwards
 * can only take it back. Plain HTTP is then told why ({@link dev.jsbx.netstack.sniff.HttpRefusal}),
 * all else is reset. With an encrypted ClientHello the outer name counts as the name.
 *
 * <p>All bytes are a guest's: lengths are checked, what is held back is bounded, and what two
 * readers could understand differently is malformed.
 */
package dev.jsbx.netstack.sniff;

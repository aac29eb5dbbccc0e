/**
 * Certificates for connections that the proxy opens: a certificate authority of this installation,
 * and short-lived leaves for the hosts that a secret is bound to.
 *
 * <pre>
 *   CertificateAuthority (files, 0600; name-constrained) ──▶ Leaf for "api.example.com", cached
 *          └── certificate only ──▶ the guest's trust stores
 * </pre>
 *
 * <p>The authority is good for the hosts it was made for and no others: a guest that trusts it
 * trusts nothing more, and on the host nobody trusts it at all.
 */
package dev.jsbx.netstack.tls;

/**
 * Has a guest trust the proxy of its own sandbox.
 *
 * <pre>
 *   ca.pem (host) ──▶ GuestTrust ── exec as root: trust.sh ──▶ system bundle and hashed directory,
 *                                                              Java's key stores, the Docker Engine's
 *                     variables  ──▶ every command: SSL_CERT_FILE, NODE_EXTRA_CA_CERTS, …
 * </pre>
 *
 * <p>Only the certificate goes in, and it is good for no other domains than the secrets' own. A
 * guest that has no secret is not touched.
 */
package dev.jsbx.cli.trust;

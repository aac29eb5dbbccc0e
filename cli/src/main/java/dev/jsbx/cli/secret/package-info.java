/**
 * Secrets on the host: stored encrypted, bound to the hosts that may receive them, handed to the
 * proxy and to nobody else.
 *
 * <pre>
 *   stdin, prompt or command ──▶ SecretValue (locked memory) ──SecretStore──▶ secrets file, 0600
 *                                                                 ▲
 *                                              StoreKey: desktop keyring, else a 0600 key file
 *
 *   SecretBinding: where it may go (hosts, header forms), what the guest sees (Placeholder)
 * </pre>
 *
 * <p>A value lives in {@link dev.jsbx.cli.secret.SecretValue}: off-heap memory that is locked, left
 * out of core dumps and zeroed when closed. It never becomes a {@link java.lang.String} here, so no
 * exception, log or heap dump can carry it. The guest gets a placeholder of the same shape, made
 * anew for each sandbox.
 */
package dev.jsbx.cli.secret;

/**
 * Puts secrets into the guest's requests on their way out, so that the guest need not have them.
 *
 * <pre>
 *   guest ── HelloHandler ─┬─ no secret's host ──────────── tunnel, untouched ───────────── server
 *                          │
 *                          └─ Interception: TLS ends here, a leaf of the installation's CA
 *                               Http1Guest or Http2GuestStream
 *                                 │  RequestHead ─ HeadCheck, Words: is it for this host, and clean?
 *                                 │  Plan ─ which secret goes where
 *                                 │  FlowJudge ─ policy, and the audit log names the secret
 *                                 │  Injector, AwsRequest ─ the value in its place
 *                                 ▼
 *                               TLS, verified by this host's trust ─────────────────────── server
 *                                 │
 *   guest ◀── Masker: what echoes a value is overwritten ◀── Http1Upstream, Http2UpstreamStream
 * </pre>
 *
 * <p>A secret goes out only where all agree: the secret's host pattern and port, the name by which
 * the guest's DNS learned the address, the name in TLS, the certificate that the server proved to
 * have, and the host of the request. A request that says anything twice is refused, and what goes
 * out is written anew. The guest gets the version of HTTP that the server chose, so that nothing is
 * translated.
 *
 * <p>Values are read from {@link dev.jsbx.cli.secret.SecretValue}'s memory into buffers outside the
 * Java heap, which are zeroed when TLS has taken them: nothing joins or copies them on their way,
 * so each is a record of TLS by itself. The SDK signs requests for AWS with words in the place of
 * credentials, and its signature is then made anew by the key. No value may ever be in an
 * exception's message, a log, a page for the guest or a {@code toString}.
 */
package dev.jsbx.cli.proxy;

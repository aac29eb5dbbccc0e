/**
 * What the proxy that puts secrets in costs a request: the same client asks the same server on
 * loopback four ways, in turns.
 *
 * <pre>
 *   HttpsClient ──┬──────────────────────────── direct ───────▶ HttpsServer, a process of its own
 *                 ├── ProxyProcess ──────────── tunnelled ────▶
 *                 ├── ProxyProcess ──────────── intercepted ──▶   a header set, answers searched
 *                 └── mitmdump ──────────────── mitmproxy ────▶   a header set
 * </pre>
 *
 * <p>{@code ProxyProcess} holds a sandbox's proxy without the sandbox: what a guest's network adds
 * is measured by {@code net-guest}. Whether a connection is tunnelled or ended there is decided by
 * the name in TLS, as in a sandbox.
 */
package dev.jsbx.bench.secret;

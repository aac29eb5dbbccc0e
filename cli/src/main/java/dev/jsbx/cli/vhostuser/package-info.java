/**
 * Devices of jsbx for other VMMs: what {@code jsbx vhost-user} starts.
 *
 * <pre>
 *   QEMU, Cloud Hypervisor, crosvm …  ── Unix socket ──▶  VhostUserServer ── FsDevice ──▶ directory
 *                                                                ├─ NetworkCard ──▶ netstack
 *   (guest memory shared by memfd)                         one front-end at a time
 * </pre>
 *
 * <p>What goes wrong before a front-end can connect is told as one line with the thing, the reason
 * and the next step, and then nothing has been started.
 */
package dev.jsbx.cli.vhostuser;

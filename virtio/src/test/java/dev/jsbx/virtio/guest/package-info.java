/**
 * A real guest for integration tests: Debian's cloud kernel under QEMU's TCG, with devices of this
 * process over vhost-user.
 *
 * <pre>{@code
 * try (VhostUserServer server = VhostUserServer.listen(socket, device, log);
 *         QemuGuest guest = new GuestConfig()
 *                 .program("fio")
 *                 .vhostUser("vhost-user-fs-device", socket, "tag=ws")
 *                 .script("mount -t virtiofs ws /mnt && cat /mnt/file")
 *                 .boot()) {
 *     assertThat(guest.awaitExit()).isZero();
 *     assertThat(guest.output()).contains("what the file holds");
 * }
 * }</pre>
 *
 * <p>The script runs under busybox's sh, as root, with the modules for virtio loaded. Needs {@code
 * qemu-system-x86 busybox-static} and apt for the kernel; where they are missing, tests are
 * skipped.
 */
package dev.jsbx.virtio.guest;

/**
 * What the lab is made of: a Linux host with a full KVM, for machines that have none. QEMU's TCG
 * executes it, AMD-V included ({@code +svm,+npt}), so the lab is as real to a VMM as any AMD
 * server, only slower: a port exit costs 40 to 50 µs.
 *
 * <pre>
 *   host                          lab (Debian, kvm-amd)              guest
 *   ┌───────────────────────┐     ┌──────────────────────────┐       ┌────────────┐
 *   │ jsbx lab              │ vsock  agent, PID 1            │       │ agent      │
 *   │   QEMU, -cpu …,+svm ──┼────▶│   COMMAND                │       │            │
 *   │   fs: directory, jars ├────▶│   jsbx run --engine kvm ─┼──────▶│   COMMAND  │
 *   │   blk: root image     ├────▶│   /dev/kvm               │       │            │
 *   └───────────────────────┘     └──────────────────────────┘       └────────────┘
 * </pre>
 *
 * <p>The lab is an image like any other: kernel, initramfs with the guest agent, and an EROFS root,
 * which is not compressed, because in the lab a processor is dear and the host's page cache cheap.
 * The root holds Debian's minimal system, QEMU with KVM to compare with, the tools that tests need,
 * and the JDK that runs jsbx on the host, in the same place and with the same time stamps. So the
 * AOT caches that the host made for its jars are valid in the lab too, and neither jars nor caches
 * are part of the image: they are shared with the lab as they are, and an edit is tried in the lab
 * without making anything anew. (A runtime linked for the lab would be smaller, and would need
 * caches of its own after every edit.)
 *
 * <p>This package only says what is in the lab; {@code image.store} builds it, {@code cli.lab}
 * starts it. Nothing that a sandbox needs may depend on it.
 */
package dev.jsbx.image.lab;

/**
 * The guest's kernel: Debian's cloud flavour, as apt offers it.
 *
 * <pre>
 *   apt-get download ──▶ .deb (ar) ──▶ data.tar ──▶ vmlinuz ──BzImage──▶ vmlinux
 *                                              └──▶ *.ko.xz ──▶ KernelModule (dependencies)
 * </pre>
 *
 * <p>Everything is unpacked here in Java, on the host, once: no guest decompresses its kernel, and
 * nothing of the package is installed or run.
 */
package dev.jsbx.image.kernel;

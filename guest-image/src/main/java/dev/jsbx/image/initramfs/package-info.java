/**
 * The archive that the kernel unpacks as its first root (Documentation/driver-api/early-userspace):
 * the agent as {@code /init} and the modules that booting needs, uncompressed, since unpacking them
 * in the guest would cost more than reading them.
 */
package dev.jsbx.image.initramfs;

/**
 * Starts the lab: an emulated KVM host, for trying jsbx's own engine where no usable {@code
 * /dev/kvm} is. What it is made of stands in {@link dev.jsbx.image.lab}.
 *
 * <p>The lab is a sandbox like any other, of the image {@code lab} on the engine qemu, and lives as
 * long as its command. What is special is shared with it, beside the current directory: this build
 * of jsbx with its caches, and the images that guests in the lab start from, both read-only and at
 * the paths that they have on the host. Sandboxes that are started in the lab stay there.
 *
 * <p>Nothing else depends on this package.
 */
package dev.jsbx.cli.lab;

/**
 * Images on the host's disk.
 *
 * <pre>
 *   $XDG_CACHE_HOME/jsbx/images/
 *     lock              held by whoever builds or removes
 *     blobs/SHA-256     vmlinux, initramfs, root file system: by content, never changed
 *     NAME.json         the image of that name: what it was made from, and its blobs
 *     new-…/            a build under way; debris if nobody holds the lock
 * </pre>
 *
 * <p>A blob is written elsewhere, synced and renamed into place; the manifest comes last. So an
 * interrupted build leaves either the old image or the new one. Images that share a kernel share
 * its blob. Blobs that no manifest names go with the next removal or build.
 */
package dev.jsbx.image.store;

/**
 * Fuzz targets for everything that a guest or a front-end writes. In a normal run each replays its
 * seeds; with {@code JAZZER_FUZZ=1} it searches for more.
 */
package dev.jsbx.virtio.fuzz;

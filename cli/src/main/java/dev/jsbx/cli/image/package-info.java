/**
 * Images from the command line's point of view: finding one, building it when it is first needed,
 * and installing what that takes. How images are made is {@code dev.jsbx.image}'s business.
 */
package dev.jsbx.cli.image;

/**
 * Files between host and guest, as tar.
 *
 * <pre>
 *   host path ── TarPacker ──▶ session TAR_IN  ──▶ guest
 *   host path ◀─ TarExtractor ─ session TAR_OUT ◀── guest
 * </pre>
 *
 * <p>An archive from a guest is an attack: {@link dev.jsbx.cli.copy.TarExtractor} writes below one
 * directory and nowhere else. It refuses absolute names, {@code ..}, device nodes and names that
 * pass through a symbolic link, and it walks by open directories, so that a link which appears on
 * the way (the destination may itself be shared with the guest) is not followed either.
 */
package dev.jsbx.cli.copy;

/**
 * Branch mode: an agent works on a copy of a repository, and what it did comes back as one branch.
 *
 * <pre>
 *   host repository ──PrivateClone──▶ private clone  ◀── virtio-fs ──▶ guest, same path
 *        ▲                                 │
 *        │                           CloneReader          regular files only, no link followed
 *        │                                 ▼
 *        └── BranchImport ◀── quarantine (bare, our own config; every object checked)
 *                              ▲
 *                         Leftovers                        uncommitted work becomes a commit
 * </pre>
 *
 * <p>The guest owns every byte of the private clone: its config, hooks, attributes, refs and
 * objects. So the clone is never opened as a repository on the host. {@link
 * dev.jsbx.cli.branch.CloneReader} takes packs, loose objects and refs out of it as plain untrusted
 * bytes; each object is hashed and checked ({@code fsck}) before it is stored in the quarantine, a
 * bare repository whose config jsbx wrote, with no user or system config behind it. From there the
 * branch is connected, checked for completeness and written to the host repository in one ref
 * update. Hooks, filters, fsmonitor, external diffs, ssh commands and includes of the clone are
 * neither run nor read.
 *
 * <p>What is read is kept in mind by {@link dev.jsbx.cli.branch.CloneIndex}: a file whose inode,
 * size and change time, as the host's kernel has them, are what they were is not read again, and
 * where all are, nothing is done. {@code branch diff} and {@code log} do not even look, as long as
 * the machine has not run since.
 *
 * <p>The clone is read only while no machine has it mounted, or its content may be torn but never
 * harmful: the checks do not rely on it standing still, except that a torn object is refused.
 */
package dev.jsbx.cli.branch;

/**
 * The file system device (virtio 1.2 §5.11): a directory of the host as a file system of the guest,
 * over FUSE.
 *
 * <pre>
 *   guest                                    this process                              host kernel
 *   ┌─────────┐ queue ┌──────────────┐ serve ┌────────────┐       ┌─────────────┐
 *   │ virtiofs│ ────▶ │ RequestQueue │ ────▶ │ FuseServer │ ────▶ │ Passthrough │ ──▶ openat2, statx …
 *   │         │       │  thread      │       │ take apart,│ node, │ Namespace   │     beneath the share
 *   │         │ ◀──── │              │ ◀──── │ put        │ name, │ FileData …  │
 *   └─────────┘       └──────────────┘       │ together   │ handle└──────┬──────┘
 *                                            └────────────┘              │
 *                                    InodeTable  node ↔ file, counted by LOOKUP and FORGET
 *                                    PathDescriptors  a limited number of O_PATH descriptors
 *                                    HandleTable  what the guest has open
 * </pre>
 *
 * <p><b>The guest is the attacker.</b> Whatever a request says is checked here, in the server:
 * names are single components, never {@code ..} and never with a slash, so that no walk leaves the
 * share; every step of a walk is {@code openat2} beneath the step before; no symbolic link is ever
 * followed on the host; nothing but regular files and directories is ever opened; device nodes,
 * set-user-ID and set-group-ID bits and attributes that mean something to the host's kernel are not
 * made; what is read-only is so per operation; descriptors, known files and request sizes are
 * limited. All is done as the owner of the directory, see {@link dev.jsbx.virtio.fs.Ownership}.
 *
 * <p><b>A file is its identity</b>: device, mount, inode number and time of birth. Where it was
 * seen last is a hint, by which it is found again when its descriptor was closed to make room for
 * another, and which OPEN looks at, so that a file that the host has renamed over another is seen
 * at once. A hint that is wrong gives ESTALE, upon which Linux looks the path up again.
 *
 * <p>What this package must never do: follow a name of the guest's further than one component, or
 * keep a change of the guest back from the host's kernel.
 */
package dev.jsbx.virtio.fs;

/**
 * What a sandbox leaves on the host, and who may touch it.
 *
 * <pre>
 *   $XDG_STATE_HOME/jsbx/sandboxes/NAME/
 *     setup.lock     held by a command while it creates, starts or removes the sandbox
 *     vmm.lock       held by the VMM process for as long as it lives
 *     sandbox.json   what the sandbox is; written whole, then renamed into place
 *     disk.ext4      sparse; the guest's own changes to its root filesystem
 *     vmm.log        what the VMM process says
 *     console.log    what the guest's kernel says
 *     s/             Unix sockets (elsewhere if the path would be too long for one)
 * </pre>
 *
 * <p>A sandbox runs if, and only if, somebody holds its {@code vmm.lock}: the lock goes with the
 * process, even on {@code kill -9}, so no file can claim a life that has ended. Any command may
 * clean up what is neither held nor meant to stay.
 *
 * <p>Nothing here is written in place, and nothing is trusted for being there: a directory without
 * a readable {@code sandbox.json} is debris of an interrupted start.
 */
package dev.jsbx.cli.sandbox;

/**
 * How long it takes until a command runs in a microVM, against QEMU alone.
 *
 * <pre>
 *   start    jsbx run -- true  |  QEMU's TCG with /bin/true as init     whole processes, in turns
 *   boot     in the lab: VMM process to agent's hello, engine kvm  |  QEMU with KVM, same guest
 *   memory   resident memory of a VMM process beside the guest's
 * </pre>
 *
 * <p>What jsbx needs for each step is read from {@code jsbx run --timeline}.
 */
package dev.jsbx.bench.start;

/**
 * Review: which of an agent's changes may run on the host by themselves.
 *
 * <pre>
 *   workspace at start ──TreeScan──▶ Baseline  (kept in the sandbox's state directory)
 *                                       │
 *   workspace now ─────TreeScan──▶   Review ──▶ Finding: path, why, difference
 *                                       ▲
 *   base and tip of a branch ───────────┘
 * </pre>
 *
 * <p>{@link dev.jsbx.cli.review.Risks} names the files that tools run or obey without being asked:
 * git hooks and config, CI workflows, IDE tasks, package scripts, build files, agents' own
 * instructions. New executables and symbolic links that lead out of the workspace are findings
 * whatever their name.
 *
 * <p>The workspace is the guest's to change at any moment. It is walked by open directories ({@code
 * openat}), through no link; files are read up to a cap, and only regular ones.
 */
package dev.jsbx.cli.review;

/**
 * What {@code jsbx policy} does: lists and edits rules, explains decisions, shows the audit log.
 *
 * <pre>
 *   PolicyCommand ─┬─▶ RuleEdits, PolicyModes ──▶ PolicyFile ──▶ policy.yaml ──▶ running sandboxes
 *                  ├─▶ PolicyList, PolicyCheck ─▶ PolicyFile, PolicyEngine
 *                  └─▶ LogView ─────────────────▶ AuditReader, AuditFollower ◀── audit/*.jsonl
 * </pre>
 *
 * <p>Commands take no part in enforcing: running sandboxes follow the file by themselves. An edit
 * happens whole or not at all; a rule that is none is a usage error (exit code 2) and says which
 * forms there are.
 */
package dev.jsbx.cli.policy;

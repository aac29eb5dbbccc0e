/**
 * The audit log: who communicated with whom, when, and by which rule.
 *
 * <pre>
 *   connection ─► AuditLog.attempt ──┐ before the first byte          AuditReader ─► AuditRecord
 *   request    ─► AuditLog.request ──┤ one line, one write(2)             ▲             AuditSummary
 *   its end    ─► AuditLog.end ──────┘                                    │
 *                      ▼                                                  │
 *        DIRECTORY/2026-01-31.jsonl, 2026-01-31.1.jsonl ... ──────────────┘
 * </pre>
 *
 * <p>All sandboxes of a user write to the same files, which outlive them. Lines are appended whole
 * by O_APPEND; what a killed process or a full disk leaves of one is skipped by readers, who find
 * the next line behind it by how every line begins. Lines of one attempt carry its id.
 *
 * <p>What cannot be written down must not happen: {@link dev.jsbx.netstack.audit.AuditLog#attempt}
 * throws, and the connection is refused, unless the policy wants otherwise. The log is bounded by
 * sandbox and day, in total and by age, and a day that is full refuses rather than forgets.
 *
 * <p>Fields: {@code v} (1), {@code event} (attempt, request, end), {@code time} (UTC), {@code id},
 * {@code sandbox}; attempt: {@code protocol}, {@code name}, {@code address}, {@code port}, {@code
 * via}, {@code decision}, {@code rule}, {@code reason}; request: {@code method}, {@code host},
 * {@code path} (without query), {@code decision}, {@code rule}, {@code reason}, {@code secret} (its
 * name); end: {@code sent}, {@code received} (bytes), {@code micros}, {@code end}.
 *
 * <p>Texts of guests are cut to bounds and escaped to printable ASCII; no value of a secret may be
 * handed to this package.
 */
package dev.jsbx.netstack.audit;

/**
 * The command line: what a user types, and what is said back.
 *
 * <pre>
 *   ./jsbx ─▶ Jsbx ─▶ Commands.create(NAME) ─▶ one command class ─▶ sandbox, engine, image …
 *               │                                    │
 *               └── exit code ◀── Failure ◀──────────┘      one line: thing, reason, next step
 * </pre>
 *
 * <p>A command is one small class: its options, its help, and a call of what does the work. Only
 * the command that was named is loaded: reflection over all of them would cost more than most
 * commands take.
 *
 * <p>Exit codes: 1 the command failed, 2 wrong usage, 125 jsbx itself failed in {@code run}, 126
 * and 127 as in a shell, else the code of the command that ran in the guest.
 */
package dev.jsbx.cli;

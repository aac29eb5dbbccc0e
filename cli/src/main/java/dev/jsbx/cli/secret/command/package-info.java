/**
 * What {@code jsbx secret} does: takes values in, lists, removes, imports.
 *
 * <pre>
 *   SecretCommand ─┬─▶ SecretSetting ─▶ BindingRequest (checked) ─┐
 *                  │        └──▶ ValueInput: stdin, prompt        ├─▶ SecretStore ─▶ running sandboxes
 *                  ├─▶ HostImport ◀── /proc/self/environ ─────────┘
 *                  └─▶ SecretList, SecretRemoval ─▶ SecretStore
 * </pre>
 *
 * <p>A value is never an argument, and never printed; what is shown of it is its first four
 * characters. Whatever is refused is refused before anything is stored.
 */
package dev.jsbx.cli.secret.command;

/**
 * The coding agents that {@code jsbx run NAME} knows: how each is installed and started.
 *
 * <pre>
 *   agents.yaml in the jar ──┐
 *                            ├──▶ AgentCatalog ──▶ Agent
 *   agents.yaml of the user ─┘
 *
 *   Agent ─▶ AgentStore ─▶ AgentBuild ─▶ npm on the host, which downloads and unpacks, runs nothing
 *                                   ─▶ BuildMachine, a sandbox that runs the installer
 *                                   ─▶ layers: EROFS of /opt/jsbx/NAME, the disk the sandbox wrote
 * </pre>
 *
 * <p>An installer may run anything, so it never runs on the host. Layers are files that no later
 * installation changes: sandboxes share them read-only, and each keeps those it was made with.
 */
package dev.jsbx.cli.agent;

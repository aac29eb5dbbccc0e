/**
 * The coding agents that {@code jsbx run NAME} knows: how each is installed and started.
 *
 * <pre>
 *   agents.yaml in the jar ──┐
 *                            ├──▶ AgentCatalog ──▶ Agent
 *   agents.yaml of the user ─┘
 * </pre>
 *
 * <p>The catalog only describes. An agent is installed inside a sandbox, never on the host, since
 * an installer may run anything.
 */
package dev.jsbx.cli.agent;

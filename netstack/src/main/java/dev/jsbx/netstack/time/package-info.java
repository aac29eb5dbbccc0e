/**
 * Time, handed in from outside: the stack never looks at a clock of its own, so that tests turn the
 * hands by themselves.
 *
 * <p>All times are µs of one {@link dev.jsbx.netstack.time.Clock}. A {@link
 * dev.jsbx.netstack.time.TimerQueue} orders timers; whoever drives the stack asks it for the next
 * deadline and tells it when time has passed.
 */
package dev.jsbx.netstack.time;

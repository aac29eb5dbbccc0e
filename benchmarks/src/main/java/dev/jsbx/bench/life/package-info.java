/** What sandboxes that stay cost: commands in them, many of them at once. */
package dev.jsbx.bench.life;

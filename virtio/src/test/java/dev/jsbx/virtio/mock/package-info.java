/**
 * The driver's side of virtio, for tests, benchmarks and fuzzers: lays rings out in plain memory,
 * adds chains and reads what was used. No VM is needed.
 *
 * <pre>{@code
 * try (MockTransport driver = new MockTransport(new RngDevice())) {
 *     driver.activate();
 *     MockQueue queue = driver.queue(0);
 *     MockBuffer answer = driver.memory().writable(64);
 *     queue.add(answer);
 *     driver.kick(0);
 *     assertThat(driver.awaitUsed(0).written()).isEqualTo(64);
 * }
 * }</pre>
 *
 * <p>{@link dev.jsbx.virtio.mock.MockQueue} has the raw ring fields too, so that a test can break
 * every rule.
 */
package dev.jsbx.virtio.mock;

/**
 * The memory balloon (virtio 1.2 §5.5), which gives memory that the guest does not use back to the
 * host.
 *
 * <pre>
 *   reporting queue ── free pages of the guest's kernel ──▶ release ── push ──▶ guest may use them
 *   inflate queue ──── page numbers, on request ──────────▶ release
 *   deflate queue ──── page numbers ──────────────────────▶ nothing: the first access finds a page
 * </pre>
 *
 * <p>Linux reports what has been free for two seconds, in blocks of 2 MiB and more, by itself: the
 * host's memory follows the guest's use without anybody setting a target. A page that is released
 * reads as zeros, and only pages that the guest itself names are: a hostile one loses its own.
 */
package dev.jsbx.virtio.balloon;

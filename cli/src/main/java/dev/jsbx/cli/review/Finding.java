package dev.jsbx.cli.review;

/**
 * One change that may run on the host by itself.
 *
 * @param path relative to the workspace
 * @param change what was done to it
 * @param reason why it matters
 * @param before its content before, empty if there was none or it is not compared by content
 * @param after its content now, likewise
 */
public record Finding(String path, Change change, String reason, byte[] before, byte[] after) {
    /** What was done. */
    public enum Change {
        ADDED,
        CHANGED,
        DELETED
    }

    /** {@code added}, {@code changed} or {@code deleted}, for a line of output. */
    public String verb() {
        return change.name().toLowerCase(java.util.Locale.ROOT);
    }
}

package dev.jsbx.virtio.fs;

/** A file that was looked up or made: its node and its attributes. Reused. Not thread-safe. */
public final class Entry {
    private final Attributes attributes = new Attributes();
    private long node;

    /** An entry without a node. */
    public Entry() {}

    void node(long found) {
        node = found;
    }

    /** The node that the guest knows it by from now on. */
    public long node() {
        return node;
    }

    public Attributes attributes() {
        return attributes;
    }
}

package dev.jsbx.virtio.fs;

import dev.jsbx.virtio.fuse.Out;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Writes the entries of a READDIR or READDIRPLUS reply. Reused. Not thread-safe. */
public final class DirectoryWriter {
    private final MemorySegment reply;
    private final int validSeconds;
    private boolean plus;
    private int at;
    private int end;

    /**
     * @param reply where the entries go, from its begin on
     * @param validSeconds how long entries hold
     */
    DirectoryWriter(MemorySegment reply, int validSeconds) {
        this.reply = reply;
        this.validSeconds = validSeconds;
    }

    /** Begins a reply of at most {@code bytes} bytes. */
    void begin(boolean withEntries, int bytes) {
        plus = withEntries;
        at = 0;
        end = (int) Math.min(bytes, reply.byteSize());
    }

    /** Bytes written. */
    int written() {
        return at;
    }

    /** Bytes of room. */
    int remaining() {
        return end - at;
    }

    /** Whether an entry with a name of that length fits. */
    boolean fits(int nameLength) {
        return (plus ? Out.Entry.SIZE : 0) + Out.Dirent.size(nameLength) <= end - at;
    }

    /**
     * Writes an entry that {@link #fits}.
     *
     * @param offset where reading goes on after it
     * @param type DT_REG and the like
     * @param entry what it is; null if it was not looked up
     */
    void add(long ino, long offset, int type, Name name, Entry entry) {
        if (plus) {
            if (entry != null) {
                Replies.entry(reply, at, entry, validSeconds);
            } else {
                unknown(ino, type);
            }
            at += Out.Entry.SIZE;
        }
        int size = Out.Dirent.size(name.length());
        int nameAt = at + Out.Dirent.NAME;
        reply.set(ValueLayout.JAVA_LONG, at + Out.Dirent.INO, ino);
        reply.set(ValueLayout.JAVA_LONG, at + Out.Dirent.OFF, offset);
        reply.set(ValueLayout.JAVA_INT, at + Out.Dirent.NAMELEN, name.length());
        reply.set(ValueLayout.JAVA_INT, at + Out.Dirent.TYPE, type);
        // The last word is padding, as far as the name does not reach into it.
        reply.set(ValueLayout.JAVA_LONG, at + size - Long.BYTES, 0);
        name.copyTo(reply, nameAt);
        at += size;
    }

    /** An entry of node 0: the guest looks it up when it needs it. */
    private void unknown(long ino, int type) {
        for (int i = 0; i < Out.Entry.SIZE; i += Long.BYTES) {
            reply.set(ValueLayout.JAVA_LONG, at + i, 0);
        }
        int attributes = at + Out.Entry.ATTR;
        reply.set(ValueLayout.JAVA_LONG, attributes + Out.Attributes.INO, ino);
        // DT_ values are the type bits of a mode, shifted.
        reply.set(ValueLayout.JAVA_INT, attributes + Out.Attributes.MODE, type << 12);
    }
}

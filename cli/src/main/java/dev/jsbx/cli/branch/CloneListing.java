package dev.jsbx.cli.branch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Every file of a private clone, with what the host's kernel says of it. A guest can set a file's
 * modification time as it likes, but not its change time: so a file whose inode, size and change
 * time are what they were has the content that it had.
 *
 * <p>Kept as bytes, as two listings are compared far more often than they are read: for each
 * directory a record, then one for each of its files, in the file system's order, which stays what
 * it was as long as the directory does.
 *
 * <pre>
 *   directory  u16 length  path             0xffff
 *   file       u16 length  name             u16 mode  i64 inode, size, modified, changed
 * </pre>
 */
final class CloneListing {
    /** A time stamp is as old as the last tick of the kernel's clock; 10 ms at CONFIG_HZ=100. */
    private static final long TICK_NANOS = 20_000_000;

    /** How coarse stamps are that have no part below a second: at most FAT's. */
    private static final long COARSE_NANOS = 2_000_000_000;

    private static final int DIRECTORY = 0xffff;

    private final long taken;
    private final boolean settled;
    private final byte[] bytes;

    /**
     * @param taken when the listing was begun, in ms since 1970
     * @param settled whether a later change of any file must have changed its stat
     */
    CloneListing(long taken, boolean settled, byte[] bytes) {
        this.taken = taken;
        this.settled = settled;
        this.bytes = bytes;
    }

    /**
     * One file; times are in ns since 1970.
     *
     * @param mode type and permissions, as in {@code st_mode}
     */
    record Stat(byte[] name, int mode, long inode, long size, long modified, long changed) {
        /** Whether all but the name is the same; it is not the same as null. */
        boolean isSameAs(Stat other) {
            return other != null
                    && mode == other.mode
                    && inode == other.inode
                    && size == other.size
                    && modified == other.modified
                    && changed == other.changed;
        }
    }

    /** Takes the files of a listing in its order. */
    interface Visitor {
        /**
         * @param path relative to the clone, a char for each of its bytes
         * @param settled whether a later change of the file must have changed its stat
         */
        void file(String path, Stat stat, boolean settled);
    }

    long taken() {
        return taken;
    }

    byte[] bytes() {
        return bytes;
    }

    boolean isSettled() {
        return settled;
    }

    /** Whether a later listing shows that no file was changed, added or removed since this one. */
    boolean holds(CloneListing later) {
        return settled && Arrays.equals(bytes, later.bytes);
    }

    // What was changed about when the listing was made may have changed again within one tick.
    private static boolean isSettled(long changed, long taken) {
        long coarse = changed % 1_000_000_000 == 0 ? COARSE_NANOS : TICK_NANOS;
        return changed < taken * 1_000_000 - coarse;
    }

    void forEach(Visitor visitor) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        String directory = "";
        while (in.hasRemaining()) {
            byte[] name = new byte[in.getShort() & 0xffff];
            in.get(name);
            int mode = in.getShort() & 0xffff;
            String text = new String(name, StandardCharsets.ISO_8859_1);
            if (mode == DIRECTORY) {
                directory = text.isEmpty() ? "" : text + "/";
                continue;
            }
            Stat stat =
                    new Stat(name, mode, in.getLong(), in.getLong(), in.getLong(), in.getLong());
            visitor.file(directory + text, stat, isSettled(stat.changed, taken));
        }
    }

    /** Makes a listing. */
    static final class Writer {
        private static final int FIXED = 2 * Short.BYTES + 4 * Long.BYTES;

        private final long taken;
        private boolean settled = true;
        private ByteBuffer out = ByteBuffer.allocate(1 << 16);

        Writer(long taken) {
            this.taken = taken;
        }

        void directory(byte[] path) {
            head(path, DIRECTORY);
        }

        /** As in {@link Stat}. */
        void file(byte[] name, int mode, long inode, long size, long modified, long changed) {
            settled &= isSettled(changed, taken);
            head(name, mode);
            out.putLong(inode).putLong(size).putLong(modified).putLong(changed);
        }

        private void head(byte[] name, int mode) {
            if (out.remaining() < FIXED + name.length) {
                int size = Math.max(2 * out.capacity(), out.position() + FIXED + name.length);
                out = ByteBuffer.allocate(size).put(out.flip());
            }
            out.putShort((short) name.length).put(name).putShort((short) mode);
        }

        CloneListing listing() {
            return new CloneListing(taken, settled, Arrays.copyOf(out.array(), out.position()));
        }
    }
}

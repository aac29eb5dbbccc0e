package dev.jsbx.cli.branch;

import dev.jsbx.cli.branch.CloneIndex.Blob;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.CoreConfig.EolStreamType;
import org.eclipse.jgit.lib.ObjectId;

/**
 * {@code clone.index} in a sandbox's state directory. One that is damaged is as none.
 *
 * <pre>
 *   i32 magic  i32 CRC-32C of the rest
 *   u8 complete  i32 leftover files  i64 taken  u8 settled  i32 length  listing
 *   for each file of the listing: u8 0, or u8 line ends + 1 and the SHA-1 of its blob
 * </pre>
 *
 * @param listing of the clone, made before it was read
 * @param leftoverFiles files of uncommitted work
 * @param complete whether all work was brought back
 * @param encodedBlobs for each file of the listing
 */
record CloneIndexFile(
        CloneListing listing, int leftoverFiles, boolean complete, ByteBuffer encodedBlobs) {
    private static final String NAME = "clone.index";
    private static final int MAGIC = 0x4a53_4201;
    private static final int HEAD = 2 * Integer.BYTES;
    private static final EolStreamType[] ENDS = EolStreamType.values();

    static Optional<CloneIndexFile> read(Path sandboxDirectory) {
        Path file = sandboxDirectory.resolve(NAME);
        try {
            return Files.exists(file) ? decode(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException | BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    private static Optional<CloneIndexFile> decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt() != MAGIC || in.getInt() != checksum(bytes)) {
            return Optional.empty();
        }
        boolean complete = in.get() != 0;
        int leftoverFiles = in.getInt();
        long taken = in.getLong();
        boolean settled = in.get() != 0;
        byte[] stats = new byte[in.getInt()];
        in.get(stats);
        CloneListing listing = new CloneListing(taken, settled, stats);
        return Optional.of(new CloneIndexFile(listing, leftoverFiles, complete, in.slice()));
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, HEAD, bytes.length - HEAD);
        return (int) crc.getValue();
    }

    /** The blobs by the files' paths, a char for each of a path's bytes. */
    Map<String, Blob> blobs() {
        Map<String, Blob> blobs = new HashMap<>();
        ByteBuffer in = encodedBlobs.duplicate();
        byte[] id = new byte[Constants.OBJECT_ID_LENGTH];
        listing.forEach(
                (path, stat, settled) -> {
                    int ends = in.get();
                    if (ends != 0) {
                        in.get(id);
                        blobs.put(path, new Blob(ENDS[ends - 1], ObjectId.fromRaw(id)));
                    }
                });
        return blobs;
    }

    /** Makes the blobs of a listing's files ready to be written. */
    static ByteBuffer encode(CloneListing listing, Map<String, Blob> blobs) {
        // A file's line in the listing is longer than its blob's.
        ByteBuffer out = ByteBuffer.allocate(listing.bytes().length);
        listing.forEach(
                (path, stat, settled) -> {
                    Blob blob = blobs.get(path);
                    out.put((byte) (blob == null ? 0 : blob.ends().ordinal() + 1));
                    if (blob != null) {
                        blob.id().copyRawTo(out);
                    }
                });
        return out.flip();
    }

    /** Writes the file so that a reader sees the old one or this. */
    void write(Path sandboxDirectory) throws IOException {
        byte[] stats = listing.bytes();
        ByteBuffer out =
                ByteBuffer.allocate(
                        HEAD
                                + 2
                                + 2 * Integer.BYTES
                                + Long.BYTES
                                + stats.length
                                + encodedBlobs.remaining());
        out.position(HEAD);
        out.put((byte) (complete ? 1 : 0)).putInt(leftoverFiles);
        out.putLong(listing.taken()).put((byte) (listing.isSettled() ? 1 : 0));
        out.putInt(stats.length).put(stats).put(encodedBlobs.duplicate());
        out.putInt(0, MAGIC).putInt(Integer.BYTES, checksum(out.array()));
        Path fresh = sandboxDirectory.resolve(NAME + ".new");
        Files.write(fresh, out.array());
        Files.move(fresh, sandboxDirectory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    }

    static void delete(Path sandboxDirectory) throws IOException {
        Files.deleteIfExists(sandboxDirectory.resolve(NAME));
    }
}

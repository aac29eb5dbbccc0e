package dev.jsbx.cli.review;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What review knows of a workspace at one moment.
 *
 * @param items by path relative to the workspace
 */
record Snapshot(Map<String, Item> items) {
    /** Packages' directories: their executables are counted, not listed. */
    private static final String PACKAGES = "node_modules/";

    /** One file or link. */
    sealed interface Item {}

    /**
     * A file.
     *
     * @param hash SHA-256 of its first {@link TreeScan#MAX_CONTENT} bytes, in hex; empty for an
     *     executable that is no risk by its name
     * @param size in bytes
     * @param executable whether anybody may execute it
     */
    record File(String hash, long size, boolean executable) implements Item {}

    /** A symbolic link that leads out of the workspace; {@code target} is its text. */
    record Link(String target) implements Item {}

    /** Keeps contents by hash, so that differences can be shown and undone later. */
    interface Contents {
        void keep(String hash, byte[] content) throws IOException;
    }

    static Snapshot take(Path root, Contents contents) throws IOException {
        Map<String, Item> items = new TreeMap<>();
        TreeScan.scan(
                root,
                new TreeScan.Visitor() {
                    @Override
                    public void file(String path, PosixFileAttributes a, byte[] content)
                            throws IOException {
                        if (content == null && path.contains(PACKAGES)) {
                            return;
                        }
                        String hash = content == null ? "" : hash(content);
                        if (content != null) {
                            contents.keep(hash, content);
                        }
                        items.put(path, new File(hash, a.size(), TreeScan.executable(a)));
                    }

                    @Override
                    public void link(String path, String target) {
                        if (leavesRoot(root, path, target)) {
                            items.put(path, new Link(target));
                        }
                    }
                });
        return new Snapshot(items);
    }

    /** Whether a link's text, taken from where the link is, names a place outside the root. */
    static boolean leavesRoot(Path root, String path, String target) {
        Path from = root.resolve(path).getParent();
        return !from.resolve(target).normalize().startsWith(root.normalize());
    }

    static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}

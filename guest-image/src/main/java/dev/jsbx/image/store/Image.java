package dev.jsbx.image.store;

import dev.jsbx.image.agent.Protocol;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * An image that can be booted.
 *
 * @param name such as {@code default}
 * @param recipe of what it was made from; another one means that it is out of date
 * @param agent the version of the protocol that its agent speaks; 0 if that is not known before it
 *     says so
 * @param created when it was built
 * @param release the kernel's, as {@code uname -r} prints it
 * @param vmlinux the kernel as an ELF file
 * @param initramfs the first root
 * @param root the root file system, EROFS; empty if the machine stays in its initramfs
 * @param modules what the agent is to load at boot ({@code jsbx.modules=}) beyond what the other
 *     settings imply; it sees to their dependencies
 * @param size of its files in bytes
 */
public record Image(
        String name,
        String recipe,
        int agent,
        Instant created,
        String release,
        Path vmlinux,
        Path initramfs,
        Optional<Path> root,
        List<String> modules,
        long size) {
    /** Whether this jsbx can speak with its agent, as far as is known. */
    public boolean isUsable() {
        return agent == 0 || agent == Protocol.VERSION;
    }

    /** SHA-256 over the names and contents of its files, 64 hex digits. */
    public String id() {
        MessageDigest digest = Blobs.sha256();
        add(digest, "vmlinux", vmlinux);
        add(digest, "initramfs", initramfs);
        root.ifPresent(file -> add(digest, "root", file));
        return HexFormat.of().formatHex(digest.digest());
    }

    // A blob's name is its hash.
    private static void add(MessageDigest digest, String role, Path file) {
        String line = role + file.getFileName() + "\n";
        digest.update(line.getBytes(StandardCharsets.US_ASCII));
    }
}

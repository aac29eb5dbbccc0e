package dev.jsbx.image.store;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An image that can be booted.
 *
 * @param name such as {@code default}
 * @param id of its content, 64 hex digits
 * @param recipe of what it was made from; another one means that it is out of date
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
        String id,
        String recipe,
        Instant created,
        String release,
        Path vmlinux,
        Path initramfs,
        Optional<Path> root,
        List<String> modules,
        long size) {}

package dev.jsbx.image.store;

import dev.jsbx.image.agent.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The smallest image there can be, for the JVM to remember what reading one takes. */
public final class RehearsalImage {
    /** Its name. */
    public static final String NAME = "rehearsal";

    private RehearsalImage() {}

    /**
     * Makes it.
     *
     * @param cache as for {@link Images}; one that nothing else uses
     * @param vmlinux a kernel, an ELF file
     */
    public static void make(Path cache, byte[] vmlinux) throws IOException {
        Path directory = Files.createDirectories(cache.resolve("images"));
        Blobs blobs = new Blobs(directory.resolve("blobs"));
        Map<String, Manifest.Blob> files = new LinkedHashMap<>();
        files.put("vmlinux", blob(blobs, directory, vmlinux));
        files.put("initramfs", blob(blobs, directory, new byte[4]));
        Manifest manifest =
                new Manifest(NAME, "", Protocol.VERSION, Instant.EPOCH, NAME, List.of(), files);
        Files.writeString(directory.resolve(NAME + ".json"), manifest.write());
    }

    private static Manifest.Blob blob(Blobs blobs, Path scratch, byte[] content)
            throws IOException {
        return new Manifest.Blob(blobs.put(scratch, content), content.length);
    }
}

package dev.jsbx.cli.branch;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.DeflaterOutputStream;

/** A loose object with whatever content, as a guest can write one that git would not. */
final class PlantedObject {
    private PlantedObject() {}

    /**
     * Writes one into a clone.
     *
     * @return its id
     */
    static String write(Path clone, String type, byte[] content) throws Exception {
        byte[] header = (type + " " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
        MessageDigest sha = MessageDigest.getInstance("SHA-1");
        sha.update(header);
        String id = HexFormat.of().formatHex(sha.digest(content));
        Path file = clone.resolve(".git/objects/" + id.substring(0, 2) + "/" + id.substring(2));
        Files.createDirectories(file.getParent());
        try (OutputStream out = new DeflaterOutputStream(Files.newOutputStream(file))) {
            out.write(header);
            out.write(content);
        }
        return id;
    }
}

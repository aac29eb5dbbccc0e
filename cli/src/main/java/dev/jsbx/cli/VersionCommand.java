package dev.jsbx.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx version}. */
final class VersionCommand {
    private boolean json;

    CommandSpec spec() {
        return Spec.of("version", "Print the version.", this::call)
                .flag("--json", "Print JSON", on -> json = on)
                .build();
    }

    int call() {
        String version = version();
        if (json) {
            System.out.println(
                    "{\"version\":\"" + version + "\",\"java\":\"" + Runtime.version() + "\"}");
            return 0;
        }
        // Client and Server: scripts for sbx look for these labels. Here both are one program.
        System.out.println("jsbx version: v" + version);
        System.out.println("Client Version:  v" + version);
        System.out.println("Server Version:  v" + version);
        return 0;
    }

    /** The project's version, such as {@code 0.1.0}. */
    static String version() {
        try (InputStream in = VersionCommand.class.getResourceAsStream("version")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the version in jsbx's own jar", e);
        }
    }
}

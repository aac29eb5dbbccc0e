package dev.jsbx.cli.acceptance;

import java.io.IOException;
import java.net.URI;
import java.net.URLConnection;

/** Run in a guest, by a JDK of nothing but {@code java.base}: asks with the variable's token. */
final class AskByUrl {
    private AskByUrl() {}

    public static void main(String[] args) throws IOException {
        URLConnection connection = URI.create(args[0]).toURL().openConnection();
        connection.setRequestProperty("Authorization", "Bearer " + System.getenv("MINE"));
        System.out.write(connection.getInputStream().readAllBytes());
        System.out.flush();
    }
}

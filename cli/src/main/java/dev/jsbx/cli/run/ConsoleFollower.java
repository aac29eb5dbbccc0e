package dev.jsbx.cli.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Shows what the guest's kernel writes to its console, while it writes. */
final class ConsoleFollower {
    private static final int POLL_MILLIS = 20;

    private ConsoleFollower() {}

    /** Copies what is appended to a file to standard error, for as long as this process lives. */
    static void start(Path console) {
        Thread.ofPlatform().name("console").daemon().start(() -> follow(console));
    }

    private static void follow(Path console) {
        try (InputStream in = open(console)) {
            byte[] buffer = new byte[4096];
            while (true) {
                int n = in.read(buffer);
                if (n > 0) {
                    System.err.write(buffer, 0, n);
                    System.err.flush();
                } else {
                    Thread.sleep(POLL_MILLIS);
                }
            }
        } catch (IOException | InterruptedException e) {
            // The sandbox is gone.
        }
    }

    private static InputStream open(Path console) throws IOException, InterruptedException {
        while (true) {
            try {
                return Files.newInputStream(console);
            } catch (NoSuchFileException notYet) {
                Thread.sleep(POLL_MILLIS);
            }
        }
    }
}

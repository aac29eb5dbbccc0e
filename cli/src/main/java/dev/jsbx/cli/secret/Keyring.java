package dev.jsbx.cli.secret;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The desktop's keyring (the freedesktop.org Secret Service), through {@code secret-tool},
 * libsecret's own client. Values go through its standard input and output only.
 */
final class Keyring {
    /** Longer than any keyring takes that does not wait for somebody to unlock it. */
    private static final long SECONDS = 5;

    private static final List<String> ATTRIBUTES =
            List.of("application", "jsbx", "purpose", "secrets");

    /** What secret-tool says, in the C locale, where there is no keyring at all. */
    private static final List<String> ABSENT =
            List.of(
                    "autolaunch D-Bus",
                    "Could not connect",
                    "StartServiceByName",
                    "not provided by any .service files",
                    "has no owner",
                    "Object does not exist"); // a keyring in which nothing was ever set up

    private final String program;
    private final boolean bus;

    private Keyring(String program, boolean bus) {
        this.program = program;
        this.bus = bus;
    }

    /** The one of this session. */
    static Keyring ofSession() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        boolean bus =
                System.getenv("DBUS_SESSION_BUS_ADDRESS") != null
                        || runtime != null && Files.exists(Path.of(runtime, "bus"));
        return new Keyring("secret-tool", bus);
    }

    /** One behind another client, for tests. */
    static Keyring behind(String program) {
        return new Keyring(program, true);
    }

    /** How a call of the client went. */
    private record Answer(int code, byte[] out, String err) {}

    /**
     * Keeps a key.
     *
     * @return false if no keyring answers here
     * @throws IOException if there is one that does not take it, above all because it is locked
     */
    boolean store(byte[] key) throws IOException {
        byte[] text = Base64.getEncoder().encode(key);
        try {
            Answer answer = call(text, "store", "--label=jsbx secrets");
            if (answer == null) {
                return false;
            }
            if (answer.code != 0) {
                throw refused(answer.err);
            }
            return true;
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    /**
     * The key that is kept.
     *
     * @return empty if no keyring answers, or it has none; one that is locked says that it has none
     * @throws IOException if it waits to be unlocked, or what it has is no key
     */
    Optional<byte[]> lookUp() throws IOException {
        Answer answer = call(new byte[0], "lookup");
        if (answer == null || answer.code != 0 && answer.err.isEmpty()) {
            return Optional.empty();
        }
        if (answer.code != 0) {
            throw refused(answer.err);
        }
        try {
            byte[] key = Base64.getMimeDecoder().decode(answer.out);
            if (key.length == StoreKey.LENGTH) {
                return Optional.of(key);
            }
        } catch (IllegalArgumentException e) {
            // As below.
        } finally {
            Arrays.fill(answer.out, (byte) 0);
        }
        throw new IOException("what the desktop keyring has for jsbx is no key: remove it there");
    }

    /** Null if no keyring answers. */
    private Answer call(byte[] input, String... words) throws IOException {
        if (!bus) {
            return null;
        }
        Process process = start(words);
        if (process == null) {
            return null;
        }
        try (var in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException e) {
            // It has said why on its standard error, and ended.
        }
        awaitEnd(process);
        String err =
                new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.exitValue() != 0 && ABSENT.stream().anyMatch(err::contains)) {
            return null;
        }
        return new Answer(process.exitValue(), process.getInputStream().readAllBytes(), err);
    }

    private Process start(String... words) {
        String[] command = new String[1 + words.length + ATTRIBUTES.size()];
        command[0] = program;
        System.arraycopy(words, 0, command, 1, words.length);
        for (int i = 0; i < ATTRIBUTES.size(); i++) {
            command[1 + words.length + i] = ATTRIBUTES.get(i);
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C");
        try {
            return builder.start();
        } catch (IOException e) {
            return null; // the client is not installed
        }
    }

    private static void awaitEnd(Process process) throws IOException {
        try {
            if (process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        throw refused("it waits for its password");
    }

    private static IOException refused(String reason) {
        boolean locked = reason.contains("locked") || reason.contains("password");
        return new IOException(
                "the desktop keyring "
                        + (locked ? "is locked" : "refuses")
                        + " ("
                        + reason.replace("secret-tool: ", "").lines().findFirst().orElse("")
                        + "): unlock it and try again");
    }
}

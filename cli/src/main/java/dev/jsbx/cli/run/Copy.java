package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.copy.CopyException;
import dev.jsbx.cli.copy.TarExtractor;
import dev.jsbx.cli.copy.TarPacker;
import dev.jsbx.image.agent.AgentConnection;
import dev.jsbx.image.agent.ExecRequest;
import dev.jsbx.image.agent.ExitStatus;
import dev.jsbx.image.agent.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** Files between the host and a guest, as tar archives. The guest's are not trusted. */
public final class Copy {
    private static final String ROOT = "root";
    private static final int AGENT_ID = 1000;
    private static final int MAX_WORDS = 4096;

    private final Guest guest;

    private Copy(Guest guest) {
        this.guest = guest;
    }

    /** What copies within a guest. */
    public static Copy with(Guest guest) {
        return new Copy(guest);
    }

    /**
     * Copies a file or directory of the host into the guest, for its user.
     *
     * @param to in the guest, absolute: where the copy is to be, or a directory to put it in
     * @throws Failure naming what is missing or refused
     */
    public void in(Path from, String to) throws InterruptedException {
        if (!Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
            throw Failure.failed(from + " does not exist: nothing was copied");
        }
        boolean inside = isDirectory(to);
        String directory = inside ? to : parent(to);
        if (!inside && !isDirectory(directory)) {
            throw Failure.failed(
                    "the guest has no directory " + directory + ": make it there first");
        }
        String name =
                inside ? from.toAbsolutePath().normalize().getFileName().toString() : last(to);
        try (AgentConnection agent = guest.connect();
                Session session = agent.tarIn(ROOT, directory)) {
            CompletableFuture<String> words = words(session.stderr());
            session.stdout().close();
            IOException broken = null;
            try (OutputStream archive = session.stdin()) {
                TarPacker.pack(from, name, false, AGENT_ID, archive);
            } catch (IOException e) {
                broken = e; // what the guest says of it counts more
            }
            require(session.waitFor(), words, to);
            if (broken != null) {
                throw broken;
            }
        } catch (CopyException e) {
            throw Failure.failed(e.getMessage());
        } catch (IOException e) {
            throw Failure.failed("cannot copy " + from + ": " + e.getMessage());
        }
    }

    /**
     * Copies a file or directory of the guest to the host.
     *
     * @param from in the guest, absolute
     * @param to where the copy is to be, or a directory to put it in
     * @param follow whether to copy what a link at {@code from} points to
     * @throws Failure naming what is missing or refused
     */
    public void out(String from, Path to, boolean follow) throws InterruptedException {
        boolean inside = Files.isDirectory(to);
        Path directory = inside ? to : to.toAbsolutePath().getParent();
        if (!Files.isDirectory(directory)) {
            throw Failure.failed("there is no directory " + directory + ": make it first");
        }
        String source = follow ? realPath(from) : from;
        String name = inside ? last(from) : to.getFileName().toString();
        try (AgentConnection agent = guest.connect();
                Session session = agent.tarOut(ROOT, source)) {
            session.stdin().close();
            CompletableFuture<String> words = words(session.stderr());
            try (InputStream archive = session.stdout()) {
                TarExtractor.extract(archive, directory, name);
            }
            require(session.waitFor(), words, from);
        } catch (CopyException e) {
            throw Failure.failed(e.getMessage());
        } catch (IOException e) {
            throw Failure.failed("cannot copy " + from + ": " + e.getMessage());
        }
    }

    private static void require(ExitStatus status, CompletableFuture<String> words, String path) {
        if (status.code() == 0) {
            return;
        }
        String said = status.message().isEmpty() ? words.join() : status.message();
        throw Failure.failed(
                "the guest's " + path + ": " + (said.isEmpty() ? "it cannot be copied" : said));
    }

    private boolean isDirectory(String path) throws InterruptedException {
        return answer("test", "-d", path) != null;
    }

    private String realPath(String path) throws InterruptedException {
        String real = answer("readlink", "-f", path);
        if (real == null || real.isEmpty()) {
            throw Failure.failed("the guest's " + path + " does not exist");
        }
        return real;
    }

    // What a command prints, without its last line's end; null if it fails.
    private String answer(String... argv) throws InterruptedException {
        try (AgentConnection agent = guest.connect();
                Session session = agent.exec(ExecRequest.of(argv).withUser(ROOT))) {
            session.stdin().close();
            session.stderr().close();
            String text = text(session.stdout());
            return session.waitFor().code() == 0 ? text : null;
        } catch (IOException e) {
            throw guest.lost(e);
        }
    }

    private static CompletableFuture<String> words(InputStream from) {
        CompletableFuture<String> words = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                words.complete(text(from));
                            } catch (IOException e) {
                                words.complete(""); // the session says it
                            }
                        });
        return words;
    }

    private static String text(InputStream from) throws IOException {
        try (from) {
            String text = new String(from.readNBytes(MAX_WORDS), StandardCharsets.UTF_8);
            return text.strip();
        }
    }

    private static String parent(String path) {
        String trimmed = trimmed(path);
        int slash = trimmed.lastIndexOf('/');
        return slash <= 0 ? "/" : trimmed.substring(0, slash);
    }

    private static String last(String path) {
        String trimmed = trimmed(path);
        return trimmed.substring(trimmed.lastIndexOf('/') + 1);
    }

    private static String trimmed(String path) {
        String result = path;
        while (result.length() > 1 && result.endsWith("/")) {
            result = result.substring(0, result.length() - 1);
        }
        return result;
    }
}

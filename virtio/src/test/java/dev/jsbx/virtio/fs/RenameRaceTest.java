package dev.jsbx.virtio.fs;

import static dev.jsbx.virtio.fs.FuseClient.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.fs.FuseClient.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Directories of a walk are replaced by symbolic links out of the share, and put back, as fast as
 * may be, while the guest walks them: whatever it reads, makes, renames or removes is inside.
 * {@code -Djsbx.race.seconds=60} runs it for longer.
 */
class RenameRaceTest {
    private static final long NANOS =
            TimeUnit.SECONDS.toNanos(Integer.getInteger("jsbx.race.seconds", 4));
    private static final long AWAY_NANOS = 20_000;
    private static final int O_RDWR = 2;

    @TempDir Path directory;

    @Test
    void neverLeadsOut() throws Exception {
        Path shared = directory.resolve("shared");
        Path outside = directory.resolve("outside");
        for (Path place : List.of(shared.resolve("a/b/c"), shared.resolve("e/b/c"))) {
            Files.writeString(Files.createDirectories(place).resolve("file"), "inside");
        }
        for (Path place : List.of(outside.resolve("b/c"), outside.resolve("c"))) {
            Files.writeString(Files.createDirectories(place).resolve("file"), "outside");
        }
        AtomicBoolean over = new AtomicBoolean();
        Thread first = Thread.ofPlatform().start(() -> swap(shared.resolve("a"), outside, over));
        Thread second = Thread.ofPlatform().start(() -> swap(shared.resolve("e/b"), outside, over));
        long found = 0;
        long walks = 0;
        try (FuseClient guest = new FuseClient(Share.of(shared))) {
            for (long end = System.nanoTime() + NANOS; System.nanoTime() < end; walks++) {
                found += visit(guest, walks % 2 == 0 ? "a" : "e", walks) ? 1 : 0;
            }
        } finally {
            over.set(true);
            first.join();
            second.join();
        }
        System.out.println("race: " + found + " of " + walks + " walks came to the file");
        assertThat(found).isPositive();
        try (var files = Files.walk(outside)) {
            assertThat(files.map(file -> outside.relativize(file).toString()))
                    .containsExactlyInAnyOrder("", "b", "b/c", "b/c/file", "c", "c/file");
        }
        assertThat(outside.resolve("b/c/file")).hasContent("outside");
        assertThat(outside.resolve("c/file")).hasContent("outside");
    }

    /** Swaps a directory with a link to {@code outside}, again and again. */
    private static void swap(Path real, Path outside, AtomicBoolean over) {
        Path aside = real.resolveSibling("aside");
        try {
            while (!over.get()) {
                Files.move(real, aside);
                Files.createSymbolicLink(real, outside);
                Files.delete(real);
                Files.move(aside, real);
                // As long in its place as away from it.
                LockSupport.parkNanos(AWAY_NANOS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean visit(FuseClient guest, String top, long i) {
        long[] nodes = {ROOT, 0, 0, 0, 0};
        int depth = 0;
        for (String name : List.of(top, "b", "c", "file")) {
            Reply reply = guest.lookup(nodes[depth], name);
            if (reply.error() != 0) {
                break;
            }
            nodes[++depth] = reply.node();
        }
        if (depth == 4) {
            read(guest, nodes[4]);
        }
        if (depth >= 3) {
            change(guest, nodes[3], i);
        }
        while (depth > 0) {
            // Forgotten, so that the next walk begins anew, by names.
            guest.forget(nodes[depth--], 1);
        }
        return nodes[4] != 0;
    }

    private static void read(FuseClient guest, long file) {
        Reply opened = guest.open(file, 0);
        if (opened.error() == 0) {
            byte[] bytes = guest.read(opened.handle(), 0, 64).bytes();
            assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("inside");
            guest.release(opened.handle());
        }
    }

    private static void change(FuseClient guest, long parent, long i) {
        String name = "made" + i;
        Reply made = guest.create(parent, name, O_RDWR, 0644);
        if (made.error() == 0) {
            guest.write(made.createdHandle(), 0, new byte[] {1});
            guest.release(made.createdHandle());
            guest.forget(made.node(), 1);
        }
        Reply directory = guest.mkdir(parent, "dir" + i, 0755);
        if (directory.error() == 0) {
            guest.forget(directory.node(), 1);
        }
        guest.rename(parent, name, parent, "file" + i, 0);
        guest.unlink(parent, "file" + i);
        guest.unlink(parent, name);
        guest.rmdir(parent, "dir" + i);
    }
}

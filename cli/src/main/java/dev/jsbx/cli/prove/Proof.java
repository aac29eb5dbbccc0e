package dev.jsbx.cli.prove;

import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.LinuxException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A search for one secret in one place after the other, with a line about each. */
public final class Proof {
    private static final int SHOWN = 10;

    private final Search search;
    private final PrintStream out;
    private final Set<Object> seen = new HashSet<>();
    private int hits;
    private int unread;

    public Proof(Needles needles, PrintStream out) {
        this.search = new Search(needles.all());
        this.out = out;
        out.println("Forms: " + String.join(", ", needles.forms()));
    }

    /** What is said of one place. */
    private final class Place {
        private final String name;
        private long bytes;
        private int files;
        private int found;

        Place(String name) {
            this.name = name;
        }

        void search(Source source, String where) {
            try {
                bytes += source.search(search, (at, needle, part) -> hit(where, at, needle, part));
                files++;
            } catch (LinuxException e) {
                if (e.errno() != Errno.ENOENT && e.errno() != Errno.ESRCH) {
                    unread++;
                    out.println("NOT SEARCHED  " + where + ": " + e.reason());
                }
            }
        }

        private void hit(String where, long at, Needle needle, boolean part) {
            hits++;
            if (found++ < SHOWN) {
                out.printf(
                        "FOUND  %s%s in %s at %#x%n",
                        part ? "half or more of it, " : "", needle.form(), where, at);
            }
        }

        void say() {
            out.printf(
                    "%s: %s%s, %s%n",
                    name,
                    size(bytes),
                    files > 1 ? " in " + files + " files" : "",
                    found == 0 ? "nothing" : found == 1 ? "1 hit" : found + " hits");
        }
    }

    private static String size(long bytes) {
        if (bytes < 10 << 10) {
            return bytes + " bytes";
        }
        return bytes < 10 << 20
                ? (bytes >> 10) + " KiB"
                : String.format(Locale.ROOT, "%d MiB", bytes >> 20);
    }

    /** Searches a running guest's memory, and what {@code ps} shows of its processes. */
    public void guest(String sandbox, SandboxProcesses processes, long memory) {
        Place place = new Place("memory of " + sandbox);
        try {
            for (Source source : processes.memory(memory)) {
                place.search(source, "the memory of " + sandbox);
            }
            place.say();
        } catch (IOException e) {
            unread++;
            out.println("NOT SEARCHED  the memory of " + sandbox + ": " + e.getMessage());
        }
        Place words = new Place("command lines and environments of " + sandbox + "'s processes");
        for (Path file : processes.commandLines()) {
            words.search(Source.file(file), file.toString());
        }
        for (Path file : processes.environments()) {
            words.search(Source.file(file), file.toString());
        }
        words.say();
    }

    /** Searches one file. */
    public void file(String name, Path file) {
        if (Files.isRegularFile(file)) {
            Place place = new Place(name);
            once(place, file);
            place.say();
        }
    }

    /** Searches every regular file below a directory; links are not followed. */
    public void tree(String name, Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        Place place = new Place(name);
        try {
            Files.walkFileTree(
                    directory,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
                            if (a.isRegularFile()) {
                                once(place, file);
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException e) {
                            notRead(file, e);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            notRead(directory, e);
        }
        place.say();
    }

    private void notRead(Path file, IOException e) {
        if (!(e instanceof NoSuchFileException)) {
            unread++;
            out.println("NOT SEARCHED  " + file + ": " + e.getMessage());
        }
    }

    // A disk lies in its sandbox's directory, and that in the state directory.
    private void once(Place place, Path file) {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            if (seen.add(key == null ? file : List.of(key))) {
                place.search(Source.file(file), file.toString());
            }
        } catch (IOException e) {
            notRead(file, e);
        }
    }

    /** How often the secret was found. */
    public int hits() {
        return hits;
    }

    /** How many places could not be searched. */
    public int unread() {
        return unread;
    }
}

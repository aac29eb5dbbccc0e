package dev.jsbx.image.store;

import dev.jsbx.image.ImageException;
import dev.jsbx.image.Progress;
import dev.jsbx.vmm.linux.FileLock;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** All images of this user. Any number of processes may use it at once. */
public final class Images {
    private static final long LOCK_POLL_MILLIS = 200;

    private final Path directory;
    private final Blobs blobs;

    /**
     * @param cache {@code $XDG_CACHE_HOME/jsbx}; made at the first build
     */
    public Images(Path cache) {
        directory = cache.resolve("images");
        blobs = new Blobs(directory.resolve("blobs"));
    }

    /**
     * The image of a name, if it was built.
     *
     * @throws ImageException if it is damaged
     */
    public Optional<Image> find(String name) {
        Path manifest = manifest(name);
        if (!Files.exists(manifest)) {
            return Optional.empty();
        }
        return Optional.of(image(read(manifest)));
    }

    /** Every image whose manifest can be read, by name. */
    public List<Image> list() throws IOException {
        List<Image> images = new ArrayList<>();
        for (Manifest manifest : manifests()) {
            images.add(image(manifest));
        }
        return images;
    }

    /**
     * The image of a name, built if it is not there or its recipe has changed. Of several processes
     * that ask at once, one builds and the others wait.
     *
     * @param force builds even if it is there
     */
    public Image build(String name, Progress progress, boolean force) throws IOException {
        Recipe recipe = Recipe.named(name);
        Files.createDirectories(directory);
        try (FileLock lock = lock(progress)) {
            Optional<Image> present = force ? Optional.empty() : upToDate(recipe);
            if (present.isPresent()) {
                return present.get();
            }
            sweep();
            Path scratch = Files.createTempDirectory(directory, "new-");
            try {
                Manifest manifest = recipe.build(scratch, blobs, progress);
                Path fresh = Files.writeString(scratch.resolve("manifest"), manifest.write());
                Files.move(fresh, manifest(name), StandardCopyOption.ATOMIC_MOVE);
                collect();
                return image(manifest);
            } finally {
                delete(scratch);
            }
        }
    }

    /**
     * Checks that there is a recipe of that name.
     *
     * @throws ImageException if there is none
     */
    public static void checkBuildable(String name) {
        Recipe.named(name);
    }

    private Optional<Image> upToDate(Recipe recipe) {
        try {
            return find(recipe.name()).filter(image -> image.recipe().equals(recipe.id()));
        } catch (ImageException damaged) {
            return Optional.empty();
        }
    }

    /** Whether the image of that name is there and made from what a build would use now. */
    public boolean isCurrent(String name) {
        return upToDate(Recipe.named(name)).isPresent();
    }

    /**
     * Removes an image.
     *
     * @param inUse tells whether a sandbox needs it
     * @throws ImageException if there is none, or it is in use
     */
    public void remove(String name, Predicate<String> inUse) throws IOException {
        if (!Files.exists(manifest(name))) {
            throw new ImageException("there is no image " + name + ": see jsbx image ls");
        }
        if (inUse.test(name)) {
            throw new ImageException(
                    "image " + name + " is in use by a sandbox: remove that one first");
        }
        try (FileLock lock = lock(Progress.SILENT)) {
            Files.deleteIfExists(manifest(name));
            sweep();
            collect();
        }
    }

    /**
     * Reads all of an image's files and compares their hashes.
     *
     * @throws ImageException naming the damaged file
     */
    public void verify(String name) throws IOException {
        Manifest manifest = read(manifest(name));
        for (Manifest.Blob blob : manifest.blobs().values()) {
            blobs.require(name, blob.hash(), blob.size());
            if (!Blobs.hash(blobs.path(blob.hash())).equals(blob.hash())) {
                throw new ImageException(
                        "image "
                                + name
                                + " is damaged: "
                                + blobs.path(blob.hash())
                                + " has other content; jsbx image build --force "
                                + name
                                + " makes it anew");
            }
        }
    }

    private FileLock lock(Progress progress) {
        boolean told = false;
        while (true) {
            Optional<FileLock> lock = FileLock.tryTake(directory.resolve("lock"));
            if (lock.isPresent()) {
                return lock.get();
            }
            if (!told) {
                progress.step("waiting for another build");
                told = true;
            }
            try {
                Thread.sleep(LOCK_POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ImageException("interrupted while another build went on", e);
            }
        }
    }

    private Path manifest(String name) {
        if (!name.matches("[a-z0-9][a-z0-9._-]{0,62}")) {
            throw new ImageException(
                    "\"" + name + "\" is no name of an image: use a-z, digits, hyphens, periods");
        }
        return directory.resolve(name + ".json");
    }

    private Manifest read(Path manifest) {
        try {
            return Manifest.read(Files.readString(manifest));
        } catch (IOException e) {
            String name = manifest.getFileName().toString().replace(".json", "");
            throw new ImageException(
                    "image "
                            + name
                            + " cannot be read: "
                            + manifest
                            + ": "
                            + e.getMessage().lines().findFirst().orElse("no JSON")
                            + "; jsbx image build "
                            + name
                            + " makes it anew",
                    e);
        }
    }

    private List<Manifest> manifests() throws IOException {
        List<Manifest> manifests = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (var files = Files.list(directory)) {
                files.filter(file -> file.getFileName().toString().endsWith(".json"))
                        .sorted()
                        .forEach(file -> manifests.add(read(file)));
            }
        }
        return manifests;
    }

    private Image image(Manifest manifest) {
        long size = 0;
        for (Manifest.Blob blob : manifest.blobs().values()) {
            blobs.require(manifest.name(), blob.hash(), blob.size());
            size += blob.size();
        }
        return new Image(
                manifest.name(),
                manifest.recipe(),
                manifest.agent(),
                manifest.created(),
                manifest.release(),
                file(manifest, "vmlinux").orElseThrow(),
                file(manifest, "initramfs").orElseThrow(),
                file(manifest, "root"),
                manifest.modules(),
                size);
    }

    private Optional<Path> file(Manifest manifest, String role) {
        return Optional.ofNullable(manifest.blobs().get(role)).map(b -> blobs.path(b.hash()));
    }

    // The lock is held: nobody builds, so what looks like a build is debris.
    private void sweep() throws IOException {
        try (var drafts = Files.newDirectoryStream(directory, "new-*")) {
            for (Path draft : drafts) {
                delete(draft);
            }
        }
    }

    private void collect() throws IOException {
        Set<String> used = new HashSet<>();
        for (Manifest manifest : manifests()) {
            manifest.blobs().values().forEach(blob -> used.add(blob.hash()));
        }
        blobs.retain(used);
    }

    // What a build in a user namespace left belongs to others than this user.
    private static void delete(Path tree) throws IOException {
        try {
            deleteOwn(tree);
        } catch (AccessDeniedException e) {
            Debian.delete(tree);
        }
    }

    private static void deleteOwn(Path tree) throws IOException {
        Files.walkFileTree(
                tree,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path directory, IOException e)
                            throws IOException {
                        Files.deleteIfExists(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}

package dev.jsbx.cli.image;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.image.ImageException;
import dev.jsbx.image.Progress;
import dev.jsbx.image.store.Image;
import dev.jsbx.image.store.Images;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.Optional;

/** The image that a sandbox starts from, built when it is first needed. */
public final class ImageAtHand {
    /** What sandboxes start from unless told otherwise. */
    public static final String DEFAULT = "default";

    /** Who commands run as unless told otherwise: every image has that user, with uid 1000. */
    public static final String USER = "agent";

    private ImageAtHand() {}

    /**
     * The image of a name. One that an older or newer jsbx built, and whose agent this one cannot
     * speak with, is built anew.
     *
     * @param quiet whether to build without a word
     * @throws Failure if there is none and it cannot be built
     */
    public static Image find(String name, boolean quiet) {
        try {
            Optional<Image> image = new Images(Directories.cache()).find(name);
            if (image.isPresent() && image.get().isUsable()) {
                return image.get();
            }
            if (image.isPresent() && !quiet) {
                System.err.println(
                        "jsbx: image " + name + " is of another version of jsbx: building it anew");
            }
            return build(name, quiet, image.isPresent());
        } catch (ImageException e) {
            throw Failure.own(e.getMessage(), e);
        }
    }

    /**
     * Looks for a reason in the image of a name why a guest did not start from it: reads it all,
     * some 0.3 s for each 100 MiB.
     *
     * @throws Failure if it is damaged
     */
    public static void requireIntact(String name) {
        try {
            new Images(Directories.cache()).verify(name);
        } catch (ImageException e) {
            throw Failure.own(e.getMessage(), e);
        } catch (AccessDeniedException e) {
            throw Failure.own(
                    "the image " + name + " cannot be read: no permission for " + e.getFile(), e);
        } catch (IOException e) {
            throw Failure.own("the image " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The image, built if it is not there, out of date, or {@code force} wants it anew.
     *
     * @throws Failure if it cannot be built
     */
    public static Image build(String name, boolean quiet, boolean force) {
        Images images = new Images(Directories.cache());
        long start = System.nanoTime();
        try {
            Images.checkBuildable(name);
            HostPackages.needForImages();
            Image image = images.build(name, progress(name, quiet), force);
            long seconds = (System.nanoTime() - start) / 1_000_000_000;
            if (!quiet && seconds > 0) {
                System.err.println("jsbx: image " + name + " is ready after " + seconds + " s");
            }
            return image;
        } catch (ImageException e) {
            throw Failure.own(e.getMessage(), e);
        } catch (IOException e) {
            throw Failure.own("cannot build the image " + name + ": " + e.getMessage(), e);
        }
    }

    private static Progress progress(String name, boolean quiet) {
        return quiet
                ? Progress.SILENT
                : step -> System.err.println("jsbx: image " + name + ": " + step);
    }
}

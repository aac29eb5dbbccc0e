package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.image.ImageException;
import dev.jsbx.image.Progress;
import dev.jsbx.image.store.Images;
import java.io.IOException;

/** The image that a sandbox starts from, built when it is first needed. */
public final class RunImage {
    /** What {@code run} uses unless told otherwise. */
    public static final String DEFAULT = "default";

    private RunImage() {}

    /**
     * Sees to it that an image is there.
     *
     * @throws Failure if there is none and it cannot be built
     */
    static void need(String name, boolean quiet) {
        Images images = new Images(Directories.cache());
        try {
            if (images.find(name).isEmpty()) {
                images.build(name, progress(name, quiet), false);
            }
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

    /** Who commands run as in it. */
    static String user(String image) {
        return image.equals("minimal") ? "" : "agent";
    }
}

package dev.jsbx.cli.image;

import dev.jsbx.cli.Failure;
import dev.jsbx.image.Requirements;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Debian packages that building an image takes: installed when root may, else named. */
public final class HostPackages {
    private HostPackages() {}

    /**
     * Sees to it that they are there.
     *
     * @throws Failure naming those that are not
     */
    public static void need() {
        List<String> missing = Requirements.missing();
        if (missing.isEmpty()) {
            return;
        }
        String names = String.join(" ", missing);
        if (!Requirements.canInstall()) {
            throw Failure.own(
                    "building an image takes packages that are missing: install " + names);
        }
        System.err.println("jsbx: installing " + names + " (apt-get)");
        List<String> install = new ArrayList<>();
        install.addAll(List.of("apt-get", "-qq", "install", "-y", "--no-install-recommends"));
        install.addAll(missing);
        // The lists of packages may be missing or older than the archive.
        if (!run(install) && !(run(List.of("apt-get", "-qq", "update")) && run(install))) {
            throw Failure.own("apt-get cannot install " + names + ": install them yourself");
        }
    }

    private static boolean run(List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
            builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
            return builder.start().onExit().join().exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}

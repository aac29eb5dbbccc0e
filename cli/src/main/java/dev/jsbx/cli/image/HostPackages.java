package dev.jsbx.cli.image;

import dev.jsbx.cli.Failure;
import dev.jsbx.image.Requirements;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Debian packages that jsbx runs programs of: installed when root may, else named. */
public final class HostPackages {
    private HostPackages() {}

    /**
     * Sees to it that those for building an image are there.
     *
     * @throws Failure naming those that are not
     */
    public static void needForImages() {
        List<String> missing = Requirements.missing();
        if (!missing.isEmpty()) {
            install(missing, "building an image takes packages that are missing");
        }
    }

    /**
     * Installs packages, saying so on standard error.
     *
     * @param missing their names
     * @param reason why they are needed, for whoever has to install them
     * @throws Failure if they are not there afterwards
     */
    public static void install(List<String> missing, String reason) {
        String names = String.join(" ", missing);
        if (!Requirements.canInstall()) {
            throw Failure.own(reason + ": install " + names);
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

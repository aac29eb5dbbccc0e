package dev.jsbx.cli.lab;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.run.Environment;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.sandbox.Workspace;
import dev.jsbx.image.ImageException;
import dev.jsbx.image.lab.LabContents;
import dev.jsbx.image.store.Images;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the host shares with the lab. */
public final class Lab {
    /**
     * CPUs of the lab unless the user chose. A second one makes guests start a third faster on a
     * host with nothing else to do, and the lab panic within minutes: Linux patches its own code
     * whenever a KVM guest begins or ends (static keys of the scheduler and the APIC), and QEMU 7.2
     * may keep what it translated in the middle of such a patch: a breakpoint that nobody claims.
     * Translation there looks at a page without its lock, which later versions hold.
     */
    public static final int CPUS = 1;

    /** Bytes of memory unless the user chose. */
    public static final long MEMORY = 3L << 30;

    /** The lab's own state: on its disk, not in a directory that it shares with the host. */
    private static final String STATE_HOME = "/var/lib";

    private Lab() {}

    /**
     * Makes sure of the lab's image, made anew if another JDK runs jsbx now, and of the image that
     * guests in the lab start from.
     *
     * @param quiet whether to build without a word
     */
    public static void makeImages(boolean quiet) {
        try {
            if (new Images(Directories.cache()).isCurrent(LabContents.NAME)) {
                ImageAtHand.find(LabContents.NAME, quiet);
            } else {
                ImageAtHand.build(LabContents.NAME, quiet, false);
            }
        } catch (ImageException e) {
            throw Failure.own(e.getMessage(), e);
        }
        ImageAtHand.find(ImageAtHand.DEFAULT, quiet);
    }

    /**
     * What the lab sees of the host: the user's directories, and read-only the tree and the build
     * of jsbx and the images. Parents come first, so that none hides what is mounted beneath it.
     *
     * @param users the current directory and others that the user named
     */
    public static List<Workspace> shares(List<Workspace> users) {
        Set<Path> own = new LinkedHashSet<>();
        own.add(home());
        own.add(real(Path.of(lib())));
        own.add(real(Directories.cache().resolve("images")));
        List<Workspace> shares = new ArrayList<>(users);
        for (Path path : own) {
            if (users.stream().noneMatch(user -> path.startsWith(user.path()))) {
                shares.add(Workspace.of(path.toString(), true));
            }
        }
        shares.sort(Comparator.comparingInt(share -> share.path().getNameCount()));
        return shares;
    }

    /** Tells the lab's {@code jsbx} where the host's build and images are. */
    public static void addTo(Environment environment) {
        environment.add("JSBX_LAB_JDK=" + LabContents.jdk());
        environment.add("JSBX_LAB_HOME=" + home());
        environment.add("JSBX_LAB_LIB=" + lib());
        environment.add("JSBX_LAB_CLASSPATH=" + System.getProperty("java.class.path"));
        environment.add("JAVA_HOME=" + LabContents.jdk());
        environment.add("XDG_CACHE_HOME=" + Directories.cache().getParent());
        environment.add("XDG_STATE_HOME=" + STATE_HOME);
    }

    private static Path home() {
        return real(Path.of(property("jsbx.home")));
    }

    private static String lib() {
        return property("jsbx.lib");
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw Failure.own("the lab needs to know where jsbx is: start it by ./jsbx");
        }
        return value;
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw Failure.own("the lab needs " + path + ", which cannot be read: build jsbx again");
        }
    }
}

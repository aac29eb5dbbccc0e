package dev.jsbx.cli.branch;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.internal.util.CleanupService;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * The user's and the system's git config as {@code git} reads them, without what makes JGit slow to
 * begin: it would run {@code git} to learn where the system's is, and measure the file system.
 */
final class HostConfig extends SystemReader.Delegate {
    private static final Path ROOT = Path.of("/");
    private static final String FILE = "etc/gitconfig";

    static {
        new CleanupService(); // the one whose owner cleans up: a shutdown hook would never run here
        FileTimes.tell();
        FS.DETECTED.setGitSystemConfig(ofSystem());
        SystemReader.setInstance(new HostConfig(SystemReader.getInstance()));
    }

    private HostConfig(SystemReader reader) {
        super(reader);
    }

    /** From here on JGit reads configs so, in this JVM. */
    static void use() {}

    @Override
    public FileBasedConfig openJGitConfig(Config parent, FS fs) {
        return new NoConfig(parent, fs);
    }

    // git(1), GIT_CONFIG_SYSTEM; and what git's Makefile makes of its prefix.
    private static File ofSystem() {
        String named = System.getenv("GIT_CONFIG_SYSTEM");
        if (named != null) {
            return new File(named);
        }
        Path ofPrefix = prefix().resolve(FILE);
        return (Files.exists(ofPrefix) ? ofPrefix : ROOT.resolve(FILE)).toFile();
    }

    private static Path prefix() {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            Path git = Path.of(directory, "git");
            if (Files.isExecutable(git)) {
                try {
                    return git.toRealPath().getParent().resolveSibling("");
                } catch (IOException e) {
                    return ROOT; // it has just gone
                }
            }
        }
        return ROOT;
    }
}

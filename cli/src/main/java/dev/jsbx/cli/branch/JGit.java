package dev.jsbx.cli.branch;

import java.time.ZoneId;
import org.eclipse.jgit.lib.Constants;

/** Makes JGit ready ahead of need. */
public final class JGit {
    private JGit() {}

    /**
     * Begins on a thread of its own; who needs JGit before it is done waits for it. The JDK's time
     * zones and digests, which it asks for first, take longer than all that is its own.
     */
    public static void prepare() {
        Thread.ofPlatform().name("jgit").daemon().start(JGit::load);
    }

    private static void load() {
        ZoneId.systemDefault();
        Constants.newMessageDigest();
        HostConfig.use();
    }
}

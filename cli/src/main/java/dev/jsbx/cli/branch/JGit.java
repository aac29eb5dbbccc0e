package dev.jsbx.cli.branch;

import org.eclipse.jgit.internal.JGitText;
import org.eclipse.jgit.nls.NLS;

/** Makes JGit ready ahead of need. */
public final class JGit {
    private JGit() {}

    /**
     * Begins on a thread of its own; who needs JGit before it is done waits for it. Its 800
     * messages, each put into a field by reflection, take longer than all else that it does first.
     */
    public static void prepare() {
        Thread.ofPlatform()
                .name("jgit")
                .daemon()
                .start(
                        () -> {
                            HostConfig.use();
                            NLS.getBundleFor(JGitText.class);
                        });
    }
}

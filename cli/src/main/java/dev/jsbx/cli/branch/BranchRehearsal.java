package dev.jsbx.cli.branch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.PersonIdent;

/** A branch with work on it, made for the JVM to remember what making one takes. */
public final class BranchRehearsal {
    private static final PersonIdent NOBODY = new PersonIdent("nobody", "nobody@localhost");

    /** After which a change of a file must show in its stat. */
    private static final long SETTLED_MILLIS = 100;

    /** Long enough for a pack to keep a file as its difference from another. */
    private static final String FIRST = "first\n".repeat(50);

    private BranchRehearsal() {}

    /**
     * Makes a packed repository, and in a sandbox's clone of it a branch that has come back: anew,
     * in part and not at all, as there was nothing new.
     *
     * @param sandbox the sandbox's directory
     * @param project an empty directory
     */
    public static void make(Path sandbox, Path project) throws Exception {
        write(project, FIRST);
        try (Git git = Git.init().setDirectory(project.toFile()).setInitialBranch("main").call()) {
            git.add().addFilepattern(".").call();
            git.commit()
                    .setMessage("first")
                    .setAuthor(NOBODY)
                    .setCommitter(NOBODY)
                    .setSign(false)
                    .setNoVerify(true)
                    .call();
            git.gc().call();
        }
        Branches.start(sandbox, sandbox.getFileName().toString(), "rehearsal", project, "work");
        write(BranchRecord.cloneOf(sandbox), "second\n" + FIRST + "second\n");
        Branches.bringBack(sandbox);
        Thread.sleep(SETTLED_MILLIS);
        Branches.bringBack(sandbox);
        Branches.bringBack(sandbox);
    }

    private static void write(Path tree, String text) throws IOException {
        for (int i = 0; i < 3; i++) {
            Files.writeString(tree.resolve("file" + i), i + "\n" + text);
        }
    }
}

package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.branch.BranchException;
import dev.jsbx.cli.branch.BranchRecord;
import dev.jsbx.cli.branch.Branches;
import dev.jsbx.cli.branch.HostRepository;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.sandbox.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Branch mode around a run: the clone before it, the branch on the host after it. */
final class BranchWork {
    private static final String NO_AGENT = "jsbx"; // who worked where no agent was named
    private static final int SHOWN = 3;

    private BranchWork() {}

    /**
     * What is shared in place of the repository: its clone, at the repository's path.
     *
     * @param sandbox where the clone will be
     * @param workspaces the first is in the repository
     */
    static List<Workspace> share(Path sandbox, List<Workspace> workspaces) {
        List<Workspace> shared = new ArrayList<>(workspaces);
        try (HostRepository host = HostRepository.containing(workspaces.getFirst().path())) {
            shared.set(0, new Workspace(host.workTree(), false, BranchRecord.cloneOf(sandbox)));
        } catch (BranchException e) {
            throw Failure.own(e.getMessage(), e);
        }
        return shared;
    }

    /**
     * Makes the clone and the branch; without them there is no sandbox.
     *
     * @param agent whose name uncommitted work gets; may be empty
     */
    static void start(Sandbox sandbox, Path workspace, String branch, String agent, boolean quiet) {
        String author = agent.isEmpty() ? NO_AGENT : agent;
        try {
            Branches.Started started =
                    Branches.start(sandbox.directory(), sandbox.name(), author, workspace, branch);
            if (!quiet) {
                System.err.println("jsbx: working on branch " + started.record().branch());
                sayLeftOut(started.leftOut());
            }
        } catch (Exception e) {
            remove(sandbox);
            throw Failure.own(
                    e instanceof BranchException ? e.getMessage() : "cannot clone: " + e, e);
        }
    }

    private static void sayLeftOut(Set<String> paths) {
        if (!paths.isEmpty()) {
            List<String> first = paths.stream().sorted().limit(SHOWN).toList();
            System.err.println(
                    "jsbx: left out, since not committed: "
                            + String.join(", ", first)
                            + (paths.size() > SHOWN
                                    ? " and " + (paths.size() - SHOWN) + " more"
                                    : ""));
        }
    }

    private static void remove(Sandbox sandbox) {
        try {
            SandboxStore.open().remove(sandbox);
        } catch (IOException e) {
            // It has no branch: nothing is lost with what stays of it.
        }
    }

    /** Whether a sandbox works on a branch. */
    static boolean isIn(Sandbox sandbox) throws IOException {
        return BranchRecord.read(sandbox.directory()).isPresent();
    }

    /**
     * Brings the work to the host's branch, if the sandbox has one; its machine has ended.
     *
     * @throws Failure if that fails; the clone is kept, and any later run tries again
     */
    static void bringBack(Sandbox sandbox, boolean quiet) {
        try {
            if (BranchRecord.read(sandbox.directory()).isPresent()) {
                String line = Branches.bringBack(sandbox.directory());
                if (!quiet) {
                    System.err.println("jsbx: " + line + ": see jsbx branch diff");
                }
            }
        } catch (Exception e) {
            throw Failure.own(
                    "the work of "
                            + sandbox.name()
                            + " is not on its branch yet: "
                            + (e instanceof BranchException ? e.getMessage() : e)
                            + "; it is kept in "
                            + BranchRecord.cloneOf(sandbox.directory()),
                    e);
        }
    }
}

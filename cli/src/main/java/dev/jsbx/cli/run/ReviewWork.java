package dev.jsbx.cli.run;

import dev.jsbx.cli.branch.BranchRecord;
import dev.jsbx.cli.review.Baseline;
import dev.jsbx.cli.review.Finding;
import dev.jsbx.cli.review.Review;
import dev.jsbx.cli.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/**
 * Review around a run: what the workspace was like before, taken while the guest boots, and one
 * line after it if files changed that may run on the host by themselves.
 */
final class ReviewWork {
    private static final int SHOWN = 5;

    private final Sandbox sandbox;
    private final Path workspace;
    private final CompletableFuture<Baseline> baseline;

    private ReviewWork(Sandbox sandbox, Path workspace, CompletableFuture<Baseline> baseline) {
        this.sandbox = sandbox;
        this.workspace = workspace;
        this.baseline = baseline;
    }

    /**
     * Begins to look at the workspace; a branch is reviewed by what it changed instead.
     *
     * @param wanted whether anybody will hear of it or can ask later
     */
    static ReviewWork start(Sandbox sandbox, Path workspace, boolean wanted) throws IOException {
        if (!wanted || BranchRecord.read(sandbox.directory()).isPresent()) {
            return new ReviewWork(sandbox, workspace, CompletableFuture.completedFuture(null));
        }
        CompletableFuture<Baseline> baseline = new CompletableFuture<>();
        Thread.ofPlatform()
                .name("baseline")
                .daemon()
                .start(
                        () -> {
                            try {
                                baseline.complete(earlierOrNew(sandbox, workspace));
                            } catch (IOException | RuntimeException e) {
                                baseline.completeExceptionally(e);
                            }
                        });
        return new ReviewWork(sandbox, workspace, baseline);
    }

    // What an earlier run changed and nobody has accepted counts on.
    private static Baseline earlierOrNew(Sandbox sandbox, Path workspace) throws IOException {
        var earlier = Baseline.load(sandbox.directory());
        return earlier.isPresent() ? earlier.get() : Baseline.take(sandbox.directory(), workspace);
    }

    /** Waits until the workspace has been looked at: from here on the guest may change it. */
    void await() {
        baseline.exceptionally(e -> null).join();
    }

    /**
     * Names the changes to look at, if there are any.
     *
     * @param kept whether the sandbox stays, so that {@code jsbx review} can show more of them
     */
    void sum(boolean kept) {
        try {
            Baseline before = baseline.join();
            List<Finding> found = before == null ? List.of() : Review.compare(before, workspace);
            if (!found.isEmpty()) {
                System.err.println("jsbx: " + line(found, kept));
            }
        } catch (CompletionException e) {
            unreviewed(e.getCause());
        } catch (IOException e) {
            unreviewed(e);
        }
    }

    private static void unreviewed(Throwable reason) {
        System.err.println("jsbx: the workspace could not be reviewed: " + reason.getMessage());
    }

    private String line(List<Finding> found, boolean kept) {
        String first =
                found.stream().limit(SHOWN).map(Finding::path).collect(Collectors.joining(", "));
        int more = found.size() - SHOWN;
        return "changed, and may run on this host by itself: "
                + first
                + (more > 0 ? " and " + more + " more" : "")
                + (kept ? ": see jsbx review " + sandbox.name() : "");
    }
}

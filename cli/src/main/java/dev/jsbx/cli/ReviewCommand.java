package dev.jsbx.cli;

import dev.jsbx.cli.branch.BranchException;
import dev.jsbx.cli.branch.BranchRecord;
import dev.jsbx.cli.branch.Branches;
import dev.jsbx.cli.branch.HostRepository;
import dev.jsbx.cli.review.Baseline;
import dev.jsbx.cli.review.BranchReview;
import dev.jsbx.cli.review.Finding;
import dev.jsbx.cli.review.FindingDiff;
import dev.jsbx.cli.review.Revert;
import dev.jsbx.cli.review.Review;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx review}: what an agent changed that may run on the host by itself. */
final class ReviewCommand {
    private String name;
    private boolean diff = true;
    private boolean accept;
    private String[] revert = {};

    CommandSpec spec() {
        return Spec.of("review", "List changes that may run on the host by themselves.", this::call)
                .flag("--no-diff", "List them without their differences", on -> diff = !on)
                .flag("--accept", "Take the workspace as it is now for granted", on -> accept = on)
                .values("--revert", "PATH", "Put this path back as it was", p -> revert = p)
                .words(
                        "SANDBOX",
                        "0..1",
                        "The sandbox; needless if there is only one",
                        words -> name = words.length > 0 ? words[0] : null)
                .build();
    }

    private int call() throws Exception {
        Sandbox sandbox = sandbox();
        try {
            Optional<BranchRecord> branch = BranchRecord.read(sandbox.directory());
            return branch.isPresent() ? branch(sandbox) : workspace(sandbox);
        } catch (BranchException e) {
            throw Failure.failed(e.getMessage());
        }
    }

    private int branch(Sandbox sandbox) throws Exception {
        if (revert.length > 0 || accept) {
            throw Failure.usage("a branch is reviewed before it is merged: nothing to revert yet");
        }
        if (!sandbox.isRunning()) {
            Branches.bringBack(sandbox.directory());
        }
        BranchRecord record = BranchRecord.read(sandbox.directory()).orElseThrow();
        try (HostRepository host = HostRepository.at(record.repository())) {
            return print(BranchReview.compare(host.git(), record.base(), record.tip()));
        }
    }

    private int workspace(Sandbox sandbox) throws IOException {
        Path workspace = SandboxStore.config(sandbox).workspaces().getFirst().path();
        Baseline baseline =
                Baseline.load(sandbox.directory())
                        .orElseThrow(
                                () ->
                                        Failure.failed(
                                                "sandbox "
                                                        + sandbox.name()
                                                        + " has no baseline, which its start takes:"
                                                        + " nothing to compare with"));
        for (String path : revert) {
            try {
                Revert.path(baseline, workspace, path);
                System.out.println("reverted " + path);
            } catch (IllegalArgumentException | IOException e) {
                throw Failure.failed("cannot revert " + path + ": " + e.getMessage());
            }
        }
        if (accept) {
            Baseline.take(sandbox.directory(), workspace);
            return 0;
        }
        return print(Review.compare(baseline, workspace));
    }

    private int print(List<Finding> findings) throws IOException {
        for (Finding finding : findings) {
            System.out.printf("%-8s %s: %s%n", finding.verb(), finding.path(), finding.reason());
            if (diff) {
                System.out.flush();
                FindingDiff.write(finding, System.out);
            }
        }
        return findings.isEmpty() ? 0 : Failure.FAILED;
    }

    private Sandbox sandbox() {
        if (name != null) {
            return SandboxStore.open().get(name);
        }
        List<Sandbox> all = SandboxStore.open().list();
        if (all.size() != 1) {
            throw Failure.usage(
                    all.isEmpty()
                            ? "there is no sandbox to review: jsbx run starts one"
                            : "there are several sandboxes: name one, see jsbx ls");
        }
        return all.getFirst();
    }
}

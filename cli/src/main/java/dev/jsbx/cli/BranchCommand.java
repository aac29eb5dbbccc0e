package dev.jsbx.cli;

import dev.jsbx.cli.branch.BranchDiff;
import dev.jsbx.cli.branch.BranchException;
import dev.jsbx.cli.branch.BranchLog;
import dev.jsbx.cli.branch.BranchMerge;
import dev.jsbx.cli.branch.BranchRecord;
import dev.jsbx.cli.branch.Branches;
import dev.jsbx.cli.branch.HostRepository;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eclipse.jgit.revwalk.RevCommit;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx branch}: what sandboxes did on branches of their own. */
final class BranchCommand {
    private String name;
    private String into;
    private boolean stat;
    private boolean squash;
    private boolean quiet;

    CommandSpec spec() {
        CommandSpec spec =
                Spec.of(
                                "branch",
                                "Look at, merge or discard the branches of sandboxes.",
                                this::list)
                        .build();
        spec.addSubcommand("ls", list("ls"));
        spec.addSubcommand(
                "diff",
                one("diff", "Show what a branch changed.", this::diff)
                        .flag("--stat", "Count lines by file instead", on -> stat = on)
                        .build());
        spec.addSubcommand("log", one("log", "Show the commits of a branch.", this::log).build());
        spec.addSubcommand(
                "merge",
                one("merge", "Merge a branch into the one that is checked out.", this::merge)
                        .flag("--squash", "Make one commit of it", on -> squash = on)
                        .value("--into", "BRANCH", "Merge into this branch", b -> into = b)
                        .build());
        spec.addSubcommand(
                "discard",
                one("discard", "Delete a branch and the sandbox's clone.", this::discard).build());
        return spec;
    }

    private CommandSpec list(String word) {
        return Spec.of(word, "List the branches of sandboxes.", this::list)
                .flag("-q --quiet", "Print names only", on -> quiet = on)
                .build();
    }

    private Spec one(String word, String description, Callable<Integer> work) {
        return Spec.of(word, description, () -> mapped(work))
                .value("--name", "SANDBOX", "The sandbox", n -> name = n)
                .words(
                        "SANDBOX",
                        "0..1",
                        "The sandbox; needless if only one has a branch here",
                        words -> name = words.length > 0 ? words[0] : name);
    }

    private static int mapped(Callable<Integer> work) throws Exception {
        try {
            return work.call();
        } catch (BranchException e) {
            throw Failure.failed(e.getMessage());
        }
    }

    private int list() throws IOException {
        List<BranchRecord> records = records();
        if (!quiet) {
            if (records.isEmpty()) {
                System.out.println("No branches found");
                return 0;
            }
            System.out.printf(
                    "%-20s  %-24s  %-8s  %s%n", "SANDBOX", "BRANCH", "COMMITS", "REPOSITORY");
        }
        for (BranchRecord record : records) {
            System.out.println(quiet ? record.branch() : row(record));
        }
        return 0;
    }

    private static String row(BranchRecord record) {
        return String.format(
                "%-20s  %-24s  %-8s  %s",
                record.sandbox(), record.branch(), commits(record), record.workTree());
    }

    private static String commits(BranchRecord record) {
        try (HostRepository host = HostRepository.at(record.repository())) {
            return String.valueOf(
                    BranchLog.between(host.git(), record.base(), record.tip()).size());
        } catch (BranchException | IOException e) {
            return "gone";
        }
    }

    private int diff() throws IOException {
        BranchRecord record = chosen();
        try (HostRepository host = HostRepository.at(record.repository());
                OutputStream out = new BufferedOutputStream(System.out, 1 << 16)) {
            if (stat) {
                printStat(BranchDiff.changes(host.git(), record.base(), record.tip()), out);
            } else {
                BranchDiff.patch(host.git(), record.base(), record.tip(), out);
            }
        }
        return 0;
    }

    private static void printStat(List<BranchDiff.Change> changes, OutputStream out)
            throws IOException {
        int width = changes.stream().mapToInt(c -> c.path().length()).max().orElse(0);
        int added = 0;
        int removed = 0;
        StringBuilder lines = new StringBuilder();
        for (BranchDiff.Change change : changes) {
            lines.append(' ').append(change.path());
            lines.repeat(' ', width - change.path().length()).append(" | ");
            if (change.binary()) {
                lines.append("Bin\n");
            } else {
                lines.append('+').append(change.added());
                lines.append(" -").append(change.removed()).append('\n');
            }
            added += change.added();
            removed += change.removed();
        }
        lines.append(' ').append(changes.size()).append(" files changed, ");
        lines.append(added).append(" insertions(+), ").append(removed).append(" deletions(-)\n");
        out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    private int log() throws IOException {
        BranchRecord record = chosen();
        try (HostRepository host = HostRepository.at(record.repository())) {
            for (RevCommit commit : BranchLog.between(host.git(), record.base(), record.tip())) {
                System.out.printf(
                        "%s %s <%s>  %s%n",
                        commit.abbreviate(10).name(),
                        commit.getAuthorIdent().getName(),
                        commit.getAuthorIdent().getEmailAddress(),
                        commit.getShortMessage());
            }
        }
        return 0;
    }

    private int merge() throws Exception {
        Sandbox sandbox = sandbox();
        if (isStopped(sandbox)) {
            Branches.bringBack(sandbox.directory());
        }
        BranchRecord record = BranchRecord.read(sandbox.directory()).orElseThrow();
        try (HostRepository host = HostRepository.at(record.repository())) {
            System.out.println(BranchMerge.merge(host, record, into, squash));
        }
        return 0;
    }

    private int discard() throws IOException {
        Sandbox sandbox = sandbox();
        if (sandbox.isRunning()) {
            throw Failure.failed(
                    "sandbox "
                            + sandbox.name()
                            + " is running on the branch: end its command first");
        }
        String branch = BranchRecord.read(sandbox.directory()).orElseThrow().branch();
        Branches.discard(sandbox.directory());
        System.out.println("Branch '" + branch + "' discarded");
        return 0;
    }

    private BranchRecord chosen() throws IOException {
        Sandbox sandbox = sandbox();
        try {
            return isStopped(sandbox)
                    ? Branches.refresh(sandbox.directory())
                    : BranchRecord.read(sandbox.directory()).orElseThrow();
        } catch (BranchException | Failure | IOException e) {
            throw e;
        } catch (Exception e) {
            throw Failure.failed("the sandbox's work cannot be brought back: " + e.getMessage());
        }
    }

    // A machine that was killed had no time to bring work back; a running one still changes its
    // files.
    private static boolean isStopped(Sandbox sandbox) {
        if (sandbox.isRunning()) {
            System.err.println(
                    "jsbx: sandbox "
                            + sandbox.name()
                            + " is running: work since it started is not shown");
            return false;
        }
        return true;
    }

    private Sandbox sandbox() throws IOException {
        List<Sandbox> candidates = new ArrayList<>();
        for (Sandbox sandbox : SandboxStore.open().list()) {
            Optional<BranchRecord> record = BranchRecord.read(sandbox.directory());
            if (record.isPresent() && (name == null || isNamed(sandbox, record.get()))) {
                candidates.add(sandbox);
            }
        }
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        if (candidates.isEmpty()) {
            throw Failure.failed(
                    name == null
                            ? "no sandbox has a branch: start one with jsbx run --branch NAME"
                            : "no sandbox or branch is named " + name + ": see jsbx branch ls");
        }
        throw Failure.usage("several sandboxes have branches: name one, see jsbx branch ls");
    }

    private boolean isNamed(Sandbox sandbox, BranchRecord record) {
        return sandbox.name().equals(name) || record.branch().equals(name);
    }

    private static List<BranchRecord> records() throws IOException {
        List<BranchRecord> records = new ArrayList<>();
        for (Sandbox sandbox : SandboxStore.open().list()) {
            BranchRecord.read(sandbox.directory()).ifPresent(records::add);
        }
        return records;
    }
}

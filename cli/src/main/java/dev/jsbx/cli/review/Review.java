package dev.jsbx.cli.review;

import dev.jsbx.cli.review.Finding.Change;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Compares a workspace with its baseline. */
public final class Review {
    private static final byte[] NOTHING = {};

    private final Baseline baseline;
    private final Map<String, Snapshot.Item> before;
    private final Map<String, Snapshot.Item> after;
    private final Map<String, byte[]> contents = new HashMap<>();

    private Review(Baseline baseline, Path workspace) throws IOException {
        this.baseline = baseline;
        before = baseline.snapshot().items();
        after = Snapshot.take(workspace, contents::put).items();
    }

    /** What changed since the baseline and may run on the host, by path. */
    public static List<Finding> compare(Baseline baseline, Path workspace) throws IOException {
        return new Review(baseline, workspace).findings();
    }

    private List<Finding> findings() throws IOException {
        List<Finding> findings = new ArrayList<>();
        TreeSet<String> paths = new TreeSet<>(before.keySet());
        paths.addAll(after.keySet());
        for (String path : paths) {
            Snapshot.Item then = before.get(path);
            Snapshot.Item now = after.get(path);
            if (!java.util.Objects.equals(then, now)) {
                finding(findings, path, then, now);
            }
        }
        return findings;
    }

    private void finding(List<Finding> findings, String path, Snapshot.Item then, Snapshot.Item now)
            throws IOException {
        Change change = then == null ? Change.ADDED : now == null ? Change.DELETED : Change.CHANGED;
        if (now instanceof Snapshot.Link link) {
            String reason = "it leads out of the workspace, to " + link.target();
            findings.add(new Finding(path, change, reason, NOTHING, NOTHING));
            return;
        }
        if (now instanceof Snapshot.File file && file.hash().isEmpty()) {
            // An executable is a finding when it is new; its later changes are the work itself.
            if (!(then instanceof Snapshot.File)) {
                findings.add(new Finding(path, change, "it is executable", NOTHING, NOTHING));
            }
            return;
        }
        Risks.of(path)
                .ifPresent(
                        reason ->
                                findings.add(
                                        new Finding(
                                                path,
                                                change,
                                                reason,
                                                contentThen(path),
                                                contentNow(now))));
    }

    private byte[] contentThen(String path) {
        try {
            return baseline.content(path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private byte[] contentNow(Snapshot.Item now) {
        return now instanceof Snapshot.File file
                ? contents.getOrDefault(file.hash(), NOTHING)
                : NOTHING;
    }
}

package dev.jsbx.cli.review;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.diff.EditList;
import org.eclipse.jgit.diff.HistogramDiff;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.diff.RawTextComparator;

/** The difference of one finding, as unified lines. */
public final class FindingDiff {
    private FindingDiff() {}

    /** Writes the difference; a finding that is not compared by content writes nothing. */
    public static void write(Finding finding, OutputStream out) throws IOException {
        RawText before = new RawText(finding.before());
        RawText after = new RawText(finding.after());
        if (RawText.isBinary(finding.before()) || RawText.isBinary(finding.after())) {
            out.write("Binary content differs\n".getBytes(StandardCharsets.UTF_8));
            return;
        }
        EditList edits = new HistogramDiff().diff(RawTextComparator.DEFAULT, before, after);
        try (DiffFormatter formatter = new DiffFormatter(out)) {
            formatter.format(edits, before, after);
            formatter.flush();
        }
    }
}

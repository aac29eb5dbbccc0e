package dev.jsbx.netstack.audit;

import java.nio.file.Path;
import java.util.Objects;

/**
 * How the audit log is kept.
 *
 * @param directory where its files are; made for the owner only if it is not there
 * @param maxFileBytes when a day's next file is begun
 * @param maxDayBytes how much one sandbox may write in a day; beyond it the log counts as full for
 *     it, so that a guest that floods it is cut off rather than the evidence, and no other guest
 * @param maxTotalBytes beyond it the oldest days go, though never today
 * @param keepDays how long files are kept
 */
public record AuditOptions(
        Path directory, long maxFileBytes, long maxDayBytes, long maxTotalBytes, int keepDays) {
    private static final long MIB = 1L << 20;

    public AuditOptions {
        Objects.requireNonNull(directory);
        if (maxFileBytes < 1 || maxDayBytes < 1 || maxTotalBytes < 1 || keepDays < 1) {
            throw new IllegalArgumentException("limits of the audit log start at 1");
        }
    }

    /** 64 MiB a file, 512 MiB a sandbox and day, 8 GiB and 90 days at most. */
    public static AuditOptions in(Path directory) {
        return new AuditOptions(directory, 64 * MIB, 512 * MIB, 8192 * MIB, 90);
    }
}

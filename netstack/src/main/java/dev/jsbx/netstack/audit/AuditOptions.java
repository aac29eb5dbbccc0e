package dev.jsbx.netstack.audit;

import java.nio.file.Path;
import java.util.Objects;

/**
 * How the audit log is kept.
 *
 * @param directory where its files are; made for the owner only if it is not there
 * @param maxFileBytes when a day's next file is begun
 * @param maxDayBytes how much one day may write; beyond it the log counts as full, so that a guest
 *     that floods it is cut off rather than the evidence
 * @param maxTotalBytes beyond it the oldest days go, though never today
 * @param keepDays how long files are kept
 * @param refuseUnlogged whether an attempt that cannot be written down fails; else it is only
 *     counted ({@link AuditLog#unlogged})
 */
public record AuditOptions(
        Path directory,
        long maxFileBytes,
        long maxDayBytes,
        long maxTotalBytes,
        int keepDays,
        boolean refuseUnlogged) {
    private static final long MIB = 1L << 20;

    public AuditOptions {
        Objects.requireNonNull(directory);
        if (maxFileBytes < 1 || maxDayBytes < 1 || maxTotalBytes < 1 || keepDays < 1) {
            throw new IllegalArgumentException("limits of the audit log start at 1");
        }
    }

    /** 64 MiB a file, 1 GiB a day, 8 GiB and 90 days at most, nothing unlogged. */
    public static AuditOptions in(Path directory) {
        return new AuditOptions(directory, 64 * MIB, 1024 * MIB, 8192 * MIB, 90, true);
    }

    /** The same, but connections go on when the log cannot be written. */
    public AuditOptions allowingUnlogged() {
        return new AuditOptions(
                directory, maxFileBytes, maxDayBytes, maxTotalBytes, keepDays, false);
    }
}

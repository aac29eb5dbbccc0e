package dev.jsbx.vmm.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How many descriptors this process may have open ({@code RLIMIT_NOFILE}). */
public final class DescriptorLimit {
    private static final int RLIMIT_NOFILE = 7;
    private static final int SOFT = 0;
    private static final int HARD = 8;
    private static final int STRUCT_RLIMIT = 16;

    private DescriptorLimit() {}

    /**
     * Raises the limit as far as the kernel lets this process, but not above {@code wanted}, and
     * never lowers it.
     *
     * @return the limit that holds now
     */
    public static long raise(long wanted) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(STRUCT_RLIMIT, Long.BYTES);
            Syscall.check(
                    Syscall.call(Syscall.PRLIMIT64, 0, RLIMIT_NOFILE, 0, limit.address()),
                    "prlimit(RLIMIT_NOFILE)");
            long soft = limit.get(ValueLayout.JAVA_LONG, SOFT);
            long hard = limit.get(ValueLayout.JAVA_LONG, HARD);
            if (soft >= wanted) {
                return soft;
            }
            // Root may go beyond the hard limit; everybody may go up to it.
            return set(limit, wanted, Math.max(hard, wanted))
                            || set(limit, Math.min(wanted, hard), hard)
                    ? limit.get(ValueLayout.JAVA_LONG, SOFT)
                    : soft;
        }
    }

    private static boolean set(MemorySegment limit, long soft, long hard) {
        limit.set(ValueLayout.JAVA_LONG, SOFT, soft);
        limit.set(ValueLayout.JAVA_LONG, HARD, hard);
        return Syscall.call(Syscall.PRLIMIT64, 0, RLIMIT_NOFILE, limit.address(), 0) == 0;
    }
}

package dev.jsbx.cli.secret;

import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.linux.Mapping;

/** Memory for secrets: never swapped out, in no core dump. Who closes it has zeroed it. */
final class LockedMemory {
    private LockedMemory() {}

    /**
     * Maps memory.
     *
     * @param bytes above 0
     * @throws LinuxException if the host does not lock it, saying which limit to raise
     */
    static Mapping of(long bytes) {
        Mapping memory = Mapping.anonymous(bytes);
        check(memory, memory.lock(), "mlock of a secret (see ulimit -l)");
        check(
                memory,
                memory.advise(0, bytes, Mapping.MADV_DONTDUMP),
                "madvise(MADV_DONTDUMP) of a secret");
        return memory;
    }

    private static void check(Mapping memory, long result, String call) {
        if (result < 0) {
            memory.close();
            throw new LinuxException((int) -result, call);
        }
    }
}

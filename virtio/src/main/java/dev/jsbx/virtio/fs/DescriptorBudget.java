package dev.jsbx.virtio.fs;

/**
 * How the process's descriptors are shared out: part for what the guest has open, part for the
 * O_PATH descriptors of files it works with, and a reserve that no guest can take, for the server
 * itself. Beyond its part of handles a guest gets ENFILE; beyond that of paths the least recently
 * used is closed.
 *
 * @param handles open files and directories
 * @param paths O_PATH descriptors
 */
record DescriptorBudget(int handles, int paths) {
    /** A process may serve several shares, and each is to leave room for the others. */
    private static final int SHARES = 4;

    private static final int LEAST = 64;
    private static final long MOST = 1 << 18;

    /**
     * @param limit on descriptors of the process
     */
    static DescriptorBudget of(long limit) {
        long part = Math.clamp(limit / SHARES / 2, LEAST, MOST);
        // Half of the limit stays with the JVM, the machine's other devices and connections.
        return new DescriptorBudget((int) (part / 2), (int) (part / 2));
    }
}

package dev.jsbx.virtio.fs;

/**
 * Whom OPEN has sent to look a name up again, because the file's size is not what the guest was
 * told: ESTALE makes Linux walk the path once more, with a LOOKUP that brings the new size, without
 * which it would read no further than the old one for as long as attributes hold. Linux hands a
 * second ESTALE to the program, so the thread that comes back is let through, whatever the size is
 * by then. Any thread may use it.
 */
final class Revalidations {
    /** So many may be on their way back at once; beyond that the size is as old as attributes. */
    private static final int MOST = 64;

    private final long[] nodes = new long[MOST];
    private final int[] threads = new int[MOST];
    private int count;

    /**
     * Whether the guest's thread may be sent to look again.
     *
     * @param node what it opens
     * @param thread its number, from the request's header
     * @return false if it has just been, or too many are on their way
     */
    synchronized boolean send(long node, int thread) {
        for (int i = 0; i < count; i++) {
            if (threads[i] == thread) {
                boolean cameBack = nodes[i] == node;
                // A thread opens one file after the other: what it gave up needs no entry.
                nodes[i] = node;
                if (cameBack) {
                    remove(i);
                }
                return !cameBack;
            }
        }
        if (count == MOST) {
            remove(0); // the longest away: it has ended, or meets a second ESTALE at worst
        }
        nodes[count] = node;
        threads[count] = thread;
        count++;
        return true;
    }

    /** The thread has opened the file. */
    synchronized void opened(long node, int thread) {
        for (int i = 0; i < count; i++) {
            if (threads[i] == thread && nodes[i] == node) {
                remove(i);
                return;
            }
        }
    }

    private void remove(int i) {
        count--;
        System.arraycopy(nodes, i + 1, nodes, i, count - i);
        System.arraycopy(threads, i + 1, threads, i, count - i);
    }
}

package dev.jsbx.virtio.fs;

/**
 * What the guest may keep of the host's files, and so how soon it sees what the host changes.
 * Changes of the guest reach the host's file system before the call that makes them returns, in
 * each mode; only what is written through a shared mapping waits for {@code msync}, {@code munmap}
 * or the guest's own writeback.
 */
public enum CacheMode {
    /**
     * Nothing: each {@code stat}, {@code open}, {@code read} and {@code write} asks the host. A
     * change of the host is seen by the next call.
     */
    NONE(0),

    /**
     * Names and attributes for a second, data until the file is seen to have changed. Who opens a
     * file sees all that the host wrote before, be it in place or by renaming another over it; who
     * calls {@code stat} sees it at most a second later; a file that stays open shows it at most a
     * second later too.
     */
    AUTO(1),

    /**
     * Everything, for as long as the guest has memory: for trees that the host does not change
     * while they are shared. A change of the host may stay unseen for a day.
     */
    ALWAYS(86_400);

    private final int timeoutSeconds;

    CacheMode(int timeoutSeconds) {
        this.timeoutSeconds = timeoutSeconds;
    }

    /** For how long names and attributes hold. */
    public int timeoutSeconds() {
        return timeoutSeconds;
    }
}

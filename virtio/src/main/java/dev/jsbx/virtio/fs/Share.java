package dev.jsbx.virtio.fs;

import java.nio.file.Path;
import java.util.List;

/**
 * A directory of the host that a guest is given, and on what terms. Immutable; each method that
 * changes something gives a new one.
 */
public final class Share {
    /** The uid and gid of the agent in images of jsbx. */
    public static final int AGENT = 1000;

    /**
     * What the host's git takes commands from, in a repository that is shared: to be guarded where
     * somebody calls git on the host before he has looked at what the guest did.
     */
    public static final List<String> GIT_COMMANDS =
            List.of(".git/hooks", ".git/config", ".git/config.worktree", ".git/commondir");

    private final Path directory;
    private String only;
    private List<String> guarded = List.of();
    private CacheMode cache = CacheMode.AUTO;
    private boolean readOnly;
    private boolean crossMounts;
    private boolean guestLocks;
    private int guestUid = AGENT;
    private int guestGid = AGENT;

    private Share(Path directory) {
        this.directory = directory;
    }

    private Share(Share other) {
        this(other.directory);
        only = other.only;
        guarded = other.guarded;
        cache = other.cache;
        readOnly = other.readOnly;
        crossMounts = other.crossMounts;
        guestLocks = other.guestLocks;
        guestUid = other.guestUid;
        guestGid = other.guestGid;
    }

    /** A directory to read and write, cached as {@link CacheMode#AUTO}, one file system only. */
    public static Share of(Path directory) {
        return new Share(directory);
    }

    /**
     * A single file, as the only entry of the root directory. The file may be written, but not
     * removed, replaced or given a second name. Where the host puts another file in its place, it
     * is the same file to the guest, with other content.
     */
    public static Share ofFile(Path file) {
        Path absolute = file.toAbsolutePath();
        Share share = new Share(absolute.getParent());
        share.only = absolute.getFileName().toString();
        return share;
    }

    /** The same, to read only or not. */
    public Share readOnly(boolean on) {
        Share share = new Share(this);
        share.readOnly = on;
        return share;
    }

    /** The same with another cache mode. */
    public Share cache(CacheMode mode) {
        Share share = new Share(this);
        share.cache = mode;
        return share;
    }

    /** The same, with file systems that are mounted beneath the directory or without. */
    public Share crossMounts(boolean on) {
        Share share = new Share(this);
        share.crossMounts = on;
        return share;
    }

    /** The same with locks that hold in the guest only, or against the host's programs too. */
    public Share guestLocks(boolean on) {
        Share share = new Share(this);
        share.guestLocks = on;
        return share;
    }

    /** The same with another user of the guest as the files' owner, see {@link Ownership}. */
    public Share guestOwner(int uid, int gid) {
        Share share = new Share(this);
        share.guestUid = uid;
        share.guestGid = gid;
        return share;
    }

    /**
     * The same with paths, relative to the directory, that the guest can read but not change,
     * replace, remove or make, whether they exist or not; nor what is beneath them.
     */
    public Share guarded(List<String> paths) {
        Share share = new Share(this);
        share.guarded = List.copyOf(paths);
        return share;
    }

    /** What is shared with all that is beneath it, unless {@link #only} says otherwise. */
    public Path directory() {
        return directory;
    }

    /** The one entry that is shared, or null for all. */
    public String only() {
        return only;
    }

    /** Paths that the guest can only read. */
    public List<String> guarded() {
        return guarded;
    }

    /** What the guest may keep. */
    public CacheMode cache() {
        return cache;
    }

    /**
     * For how long names and attributes hold in the guest, in seconds. A single file's never do in
     * {@link CacheMode#AUTO}: a guest that has it bound to another path does not look it up again.
     */
    int validSeconds() {
        return only != null && cache == CacheMode.AUTO ? 0 : cache.timeoutSeconds();
    }

    /** Whether the guest may change nothing. */
    public boolean readOnly() {
        return readOnly;
    }

    /** Whether file systems that are mounted beneath the directory are shared too. */
    public boolean crossMounts() {
        return crossMounts;
    }

    /** Whether the guest keeps its locks to itself. */
    public boolean guestLocks() {
        return guestLocks;
    }

    /** The guest's user whom the files belong to. */
    public int guestUid() {
        return guestUid;
    }

    /** That user's group. */
    public int guestGid() {
        return guestGid;
    }
}

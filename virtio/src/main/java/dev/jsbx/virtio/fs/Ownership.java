package dev.jsbx.virtio.fs;

import dev.jsbx.vmm.linux.ThreadIdentity;

/**
 * Whose the files are: one user of the host, who owns the shared directory, is one user of the
 * guest, its agent.
 *
 * <ul>
 *   <li>Host to guest: the owner's files are the agent's. Root's files are root's, unless the owner
 *       is root. All other users are shown as nobody (65534). Groups likewise.
 *   <li>Guest to host: whoever makes a file in the guest, root included, the owner owns it on the
 *       host. Giving a file to the agent or to root gives it to the owner; giving it to anybody
 *       else is refused (EPERM), since the host has nobody who would be that.
 *   <li>What is allowed on the host is what the owner is allowed, whether jsbx runs as the owner or
 *       as root: the guest's root has no power over files of others.
 * </ul>
 *
 * @param hostUid the owner on the host
 * @param hostGid the owner's group on the host
 * @param guestUid the agent in the guest
 * @param guestGid the agent's group in the guest
 */
record Ownership(int hostUid, int hostGid, int guestUid, int guestGid) {
    private static final int NOBODY = 65534;
    private static final int ROOT = 0;

    /** The agent is whom the directory belongs to if this process may act as that, else itself. */
    static Ownership of(int directoryUid, int directoryGid, int guestUid, int guestGid) {
        int self = ThreadIdentity.effectiveUser();
        return self == ROOT
                ? new Ownership(directoryUid, directoryGid, guestUid, guestGid)
                : new Ownership(self, ThreadIdentity.effectiveGroup(), guestUid, guestGid);
    }

    /** Has the calling thread act as the owner. */
    void assume() {
        ThreadIdentity.maskNothing();
        if (ThreadIdentity.effectiveUser() == ROOT) {
            ThreadIdentity.actAs(hostUid, hostGid);
        }
    }

    int guestUidOf(int uid) {
        return uid == hostUid ? guestUid : uid == ROOT ? ROOT : NOBODY;
    }

    int guestGidOf(int gid) {
        return gid == hostGid ? guestGid : gid == ROOT ? ROOT : NOBODY;
    }

    /** Whether the guest may give a file to that user, which then means the owner. */
    boolean acceptsUid(int uid) {
        return uid == guestUid || uid == ROOT;
    }

    /** Whether the guest may give a file to that group, which then means the owner's. */
    boolean acceptsGid(int gid) {
        return gid == guestGid || gid == ROOT;
    }
}

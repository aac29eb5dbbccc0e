package dev.jsbx.virtio.fs;

/** File systems whose errors of writing may come only with {@code close(2)}. */
final class RemoteFileSystems {
    // linux/magic.h
    private static final long NFS_SUPER_MAGIC = 0x6969;
    private static final long CIFS_SUPER_MAGIC = 0xff534d42L;
    private static final long SMB2_SUPER_MAGIC = 0xfe534d42L;
    private static final long FUSE_SUPER_MAGIC = 0x65735546;
    private static final long V9FS_MAGIC = 0x01021997;
    private static final long CEPH_SUPER_MAGIC = 0x00c36400;
    private static final long AFS_SUPER_MAGIC = 0x5346414f;

    private RemoteFileSystems() {}

    /** Whether the type that {@code statfs(2)} gives is one of them. */
    static boolean is(long type) {
        return type == NFS_SUPER_MAGIC
                || type == CIFS_SUPER_MAGIC
                || type == SMB2_SUPER_MAGIC
                || type == FUSE_SUPER_MAGIC
                || type == V9FS_MAGIC
                || type == CEPH_SUPER_MAGIC
                || type == AFS_SUPER_MAGIC;
    }
}

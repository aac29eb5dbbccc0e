package dev.jsbx.virtio.vhostuser;

/** Numbers of the vhost-user protocol, under the names of its specification. */
final class Protocol {
    static final int VHOST_USER_GET_FEATURES = 1;
    static final int VHOST_USER_SET_FEATURES = 2;
    static final int VHOST_USER_SET_OWNER = 3;
    static final int VHOST_USER_RESET_OWNER = 4;
    static final int VHOST_USER_SET_MEM_TABLE = 5;
    static final int VHOST_USER_SET_VRING_NUM = 8;
    static final int VHOST_USER_SET_VRING_ADDR = 9;
    static final int VHOST_USER_SET_VRING_BASE = 10;
    static final int VHOST_USER_GET_VRING_BASE = 11;
    static final int VHOST_USER_SET_VRING_KICK = 12;
    static final int VHOST_USER_SET_VRING_CALL = 13;
    static final int VHOST_USER_SET_VRING_ERR = 14;
    static final int VHOST_USER_GET_PROTOCOL_FEATURES = 15;
    static final int VHOST_USER_SET_PROTOCOL_FEATURES = 16;
    static final int VHOST_USER_GET_QUEUE_NUM = 17;
    static final int VHOST_USER_SET_VRING_ENABLE = 18;
    static final int VHOST_USER_GET_CONFIG = 24;
    static final int VHOST_USER_SET_CONFIG = 25;
    static final int VHOST_USER_RESET_DEVICE = 34;
    static final int VHOST_USER_GET_MAX_MEM_SLOTS = 36;
    static final int VHOST_USER_ADD_MEM_REG = 37;
    static final int VHOST_USER_REM_MEM_REG = 38;

    /** A virtio feature bit that says: there are protocol features, and rings start disabled. */
    static final long VHOST_USER_F_PROTOCOL_FEATURES = 1L << 30;

    static final long VHOST_USER_PROTOCOL_F_MQ = 1L << 0;
    static final long VHOST_USER_PROTOCOL_F_REPLY_ACK = 1L << 3;
    static final long VHOST_USER_PROTOCOL_F_CONFIG = 1L << 9;
    static final long VHOST_USER_PROTOCOL_F_RESET_DEVICE = 1L << 13;
    static final long VHOST_USER_PROTOCOL_F_CONFIGURE_MEM_SLOTS = 1L << 15;

    static final int VERSION_MASK = 3;
    static final int VERSION = 1;
    static final int FLAG_REPLY = 1 << 2;
    static final int FLAG_NEED_REPLY = 1 << 3;

    /** In the payload of KICK, CALL and ERR: no descriptor comes along. */
    static final int VHOST_USER_VRING_NOFD_MASK = 1 << 8;

    static final int VHOST_USER_VRING_IDX_MASK = 0xff;

    /** The most regions in one memory table. */
    static final int MAX_TABLE_REGIONS = 8;

    private Protocol() {}
}

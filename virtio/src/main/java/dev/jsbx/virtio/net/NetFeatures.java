package dev.jsbx.virtio.net;

/** Feature bits of a network device (virtio 1.2 §5.1.3). */
public final class NetFeatures {
    /** The device takes packets whose checksum is still to be made. */
    public static final long VIRTIO_NET_F_CSUM = 1L;

    /** The driver takes such packets. */
    public static final long VIRTIO_NET_F_GUEST_CSUM = 1L << 1;

    /** The configuration space names the largest MTU. */
    public static final long VIRTIO_NET_F_MTU = 1L << 3;

    /** The configuration space names the MAC address. */
    public static final long VIRTIO_NET_F_MAC = 1L << 5;

    /** The driver takes super-segments of TCP over IPv4. */
    public static final long VIRTIO_NET_F_GUEST_TSO4 = 1L << 7;

    /** The driver takes super-segments of TCP over IPv6. */
    public static final long VIRTIO_NET_F_GUEST_TSO6 = 1L << 8;

    /** The device takes super-segments of TCP over IPv4. */
    public static final long VIRTIO_NET_F_HOST_TSO4 = 1L << 11;

    /** The device takes super-segments of TCP over IPv6. */
    public static final long VIRTIO_NET_F_HOST_TSO6 = 1L << 12;

    /** A packet may be spread over several of the driver's receive buffers. */
    public static final long VIRTIO_NET_F_MRG_RXBUF = 1L << 15;

    /** The configuration space tells of the link. */
    public static final long VIRTIO_NET_F_STATUS = 1L << 16;

    /** There is a control queue. */
    public static final long VIRTIO_NET_F_CTRL_VQ = 1L << 17;

    /** The control queue takes receive modes. */
    public static final long VIRTIO_NET_F_CTRL_RX = 1L << 18;

    /** The control queue takes a MAC address. */
    public static final long VIRTIO_NET_F_CTRL_MAC_ADDR = 1L << 23;

    /** The driver takes super-datagrams of UDP over IPv4. */
    public static final long VIRTIO_NET_F_GUEST_USO4 = 1L << 54;

    /** The driver takes super-datagrams of UDP over IPv6. */
    public static final long VIRTIO_NET_F_GUEST_USO6 = 1L << 55;

    /** The device takes super-datagrams of UDP. */
    public static final long VIRTIO_NET_F_HOST_USO = 1L << 56;

    /** What a backend chooses among; the others are the device's own. */
    static final long OFFLOADS =
            VIRTIO_NET_F_CSUM
                    | VIRTIO_NET_F_GUEST_CSUM
                    | VIRTIO_NET_F_GUEST_TSO4
                    | VIRTIO_NET_F_GUEST_TSO6
                    | VIRTIO_NET_F_HOST_TSO4
                    | VIRTIO_NET_F_HOST_TSO6
                    | VIRTIO_NET_F_GUEST_USO4
                    | VIRTIO_NET_F_GUEST_USO6
                    | VIRTIO_NET_F_HOST_USO;

    private NetFeatures() {}
}

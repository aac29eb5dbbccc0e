package dev.jsbx.virtio.net;

import dev.jsbx.virtio.device.DeviceContext;
import dev.jsbx.virtio.device.DeviceQueue;
import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.device.Worker;
import dev.jsbx.virtio.queue.DescriptorChain;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A network card with one pair of queues and a control queue. One pair, because the stack behind it
 * is one thread: more would only let the guest's CPUs contend for it elsewhere.
 */
public final class NetDevice implements VirtioDevice {
    /** Device type (virtio 1.2 §5). */
    public static final int VIRTIO_ID_NET = 1;

    /** The largest MTU: a 64-KiB IP packet less room for headers, and a multiple of 4. */
    public static final int MAX_MTU = 65520;

    private static final int MIN_MTU = 68; // RFC 791
    private static final int RECEIVEQ = 0;
    private static final int TRANSMITQ = 1;
    private static final int CONTROLQ = 2;
    private static final int RING_SIZE = 256;
    private static final int CONTROL_RING_SIZE = 64;
    private static final short VIRTIO_NET_S_LINK_UP = 1;
    private static final int CONFIG_SIZE = 12;

    private final NetBackend backend;
    private final long offloads;
    private final int mtu;
    private final DescriptorChain control = new DescriptorChain();
    private volatile byte[] macAddress;
    private NetPort port;
    private Worker worker;

    /**
     * @param macAddress 6 bytes, no group address
     * @param mtu from 68 to {@link #MAX_MTU}
     * @param offloads what the backend can do, of {@link NetFeatures}
     */
    public NetDevice(NetBackend backend, byte[] macAddress, int mtu, long offloads) {
        if (macAddress.length != 6 || (macAddress[0] & 1) != 0) {
            throw new IllegalArgumentException("no MAC address of a station");
        }
        if (mtu < MIN_MTU || mtu > MAX_MTU) {
            throw new IllegalArgumentException("MTU " + mtu + " is not from 68 to 65520");
        }
        this.backend = backend;
        this.macAddress = macAddress.clone();
        this.mtu = mtu;
        this.offloads = offloads & NetFeatures.OFFLOADS;
    }

    @Override
    public int type() {
        return VIRTIO_ID_NET;
    }

    @Override
    public long features() {
        return offloads
                | NetFeatures.VIRTIO_NET_F_MAC
                | NetFeatures.VIRTIO_NET_F_MTU
                | NetFeatures.VIRTIO_NET_F_STATUS
                | NetFeatures.VIRTIO_NET_F_MRG_RXBUF
                | NetFeatures.VIRTIO_NET_F_CTRL_VQ
                | NetFeatures.VIRTIO_NET_F_CTRL_RX
                | NetFeatures.VIRTIO_NET_F_CTRL_MAC_ADDR;
    }

    @Override
    public int[] queueSizes() {
        return new int[] {RING_SIZE, RING_SIZE, CONTROL_RING_SIZE};
    }

    /** {@code struct virtio_net_config}: MAC, status, pairs of queues, MTU. */
    @Override
    public byte[] config() {
        ByteBuffer config = ByteBuffer.allocate(CONFIG_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        config.put(macAddress).putShort(VIRTIO_NET_S_LINK_UP).putShort((short) 1);
        return config.putShort((short) mtu).array();
    }

    @Override
    public void activate(DeviceContext context) {
        DeviceQueue receiveq = context.queue(RECEIVEQ);
        DeviceQueue transmitq = context.queue(TRANSMITQ);
        if (receiveq == null || transmitq == null) {
            // Front-ends enable one ring after the other, and may take their time in between: with
            // the other one the device is activated anew.
            return;
        }
        DeviceQueue controlq = context.queue(CONTROLQ);
        if (controlq != null) {
            ControlQueue commands = new ControlQueue(address -> macAddress = address);
            worker = new Worker("virtio-net-control", context::failed);
            worker.serve(controlq, () -> controlq.drain(control, commands::handle));
            worker.start();
        }
        port = new NetPort(context, receiveq, transmitq);
        backend.attached(port);
    }

    @Override
    public void quiesce() {
        if (port != null) {
            backend.detached();
            port.close();
            port = null;
        }
        if (worker != null) {
            worker.close();
            worker = null;
        }
    }

    @Override
    public void reset() {
        quiesce();
    }

    @Override
    public void close() {
        quiesce();
    }
}

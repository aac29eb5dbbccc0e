package dev.jsbx.virtio.vhostuser;

import static dev.jsbx.virtio.vhostuser.Protocol.VHOST_USER_F_PROTOCOL_FEATURES;
import static dev.jsbx.virtio.vhostuser.Protocol.VHOST_USER_PROTOCOL_F_CONFIG;
import static dev.jsbx.virtio.vhostuser.Protocol.VHOST_USER_PROTOCOL_F_CONFIGURE_MEM_SLOTS;
import static dev.jsbx.virtio.vhostuser.Protocol.VHOST_USER_PROTOCOL_F_MQ;
import static dev.jsbx.virtio.vhostuser.Protocol.VHOST_USER_PROTOCOL_F_REPLY_ACK;
import static dev.jsbx.virtio.vhostuser.Protocol.VHOST_USER_PROTOCOL_F_RESET_DEVICE;

import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.queue.RingFeatures;
import dev.jsbx.vmm.linux.EventFd;
import dev.jsbx.vmm.linux.LinuxException;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * One front-end's time with the device: answers its messages. Of the server's thread. Every method
 * may throw a {@link ProtocolException}, which ends the session.
 */
final class Session implements AutoCloseable {
    private static final int VIRTIO_ID_NET = 1;
    private static final int VIRTIO_ID_FS = 26;

    /** struct vhost_user_config: u32 offset, u32 size, u32 flags, then the bytes. */
    private static final int CONFIG_HEADER = 12;

    private static final int REGION_SIZE = 32;
    private static final long FAILED = 1;

    private final VirtioDevice device;
    private final int socket;
    private final RingSet rings;
    private final RegionTable regions = new RegionTable();
    private long features;
    private long protocolFeatures;

    Session(VirtioDevice device, int socket, Consumer<String> log) {
        this.device = device;
        this.socket = socket;
        rings = new RingSet(device, log);
    }

    private long offeredFeatures() {
        return device.features() | RingFeatures.OFFERED | VHOST_USER_F_PROTOCOL_FEATURES;
    }

    private long offeredProtocolFeatures() {
        // Some versions of QEMU crash on CONFIG for devices whose configuration is their own part.
        boolean ownConfig = device.type() == VIRTIO_ID_FS || device.type() == VIRTIO_ID_NET;
        return VHOST_USER_PROTOCOL_F_MQ
                | VHOST_USER_PROTOCOL_F_REPLY_ACK
                | VHOST_USER_PROTOCOL_F_RESET_DEVICE
                | VHOST_USER_PROTOCOL_F_CONFIGURE_MEM_SLOTS
                | (ownConfig || device.config().length == 0 ? 0 : VHOST_USER_PROTOCOL_F_CONFIG);
    }

    /**
     * Does what a message asks for and replies where the protocol wants it.
     *
     * @return whether a ring was stopped; more of that kind may follow, and it is better to wait a
     *     little than to start the others in between
     */
    boolean handle(Message message) {
        boolean wantsAck =
                message.needsReply() && (protocolFeatures & VHOST_USER_PROTOCOL_F_REPLY_ACK) != 0;
        switch (message.request()) {
            case Protocol.VHOST_USER_GET_FEATURES -> message.reply(socket, offeredFeatures());
            case Protocol.VHOST_USER_GET_PROTOCOL_FEATURES ->
                    message.reply(socket, offeredProtocolFeatures());
            case Protocol.VHOST_USER_GET_QUEUE_NUM -> message.reply(socket, rings.count());
            case Protocol.VHOST_USER_GET_MAX_MEM_SLOTS ->
                    message.reply(socket, RegionTable.MAX_REGIONS);
            case Protocol.VHOST_USER_GET_VRING_BASE -> {
                stopRing(message);
                return true;
            }
            case Protocol.VHOST_USER_GET_CONFIG -> getConfig(message);
            case Protocol.VHOST_USER_SET_VRING_ENABLE -> {
                boolean disabling = message.getInt(4) == 0;
                acknowledge(message, wantsAck);
                return disabling;
            }
            default -> acknowledge(message, wantsAck);
        }
        return false;
    }

    /** The messages without a reply of their own. */
    private void acknowledge(Message message, boolean wantsAck) {
        long result = 0;
        try {
            if (!change(message)) {
                if (!wantsAck) {
                    throw new ProtocolException("unknown request " + message.request());
                }
                result = FAILED;
            }
        } catch (LinuxException e) {
            if (!wantsAck) {
                throw new ProtocolException(e.getMessage());
            }
            result = FAILED;
        }
        if (wantsAck) {
            message.reply(socket, result);
        }
    }

    private boolean change(Message message) {
        switch (message.request()) {
            case Protocol.VHOST_USER_SET_OWNER, Protocol.VHOST_USER_RESET_OWNER -> {}
            case Protocol.VHOST_USER_SET_FEATURES -> setFeatures(message.getLong(0));
            case Protocol.VHOST_USER_SET_PROTOCOL_FEATURES ->
                    protocolFeatures = message.getLong(0) & offeredProtocolFeatures();
            case Protocol.VHOST_USER_SET_MEM_TABLE -> setMemory(message);
            case Protocol.VHOST_USER_ADD_MEM_REG -> {
                rings.quiesce();
                regions.add(message, Long.BYTES);
            }
            case Protocol.VHOST_USER_REM_MEM_REG -> {
                rings.quiesce();
                regions.remove(message, Long.BYTES);
            }
            case Protocol.VHOST_USER_SET_CONFIG -> setConfig(message);
            case Protocol.VHOST_USER_RESET_DEVICE -> rings.resetDevice();
            default -> {
                return changeRing(message);
            }
        }
        return true;
    }

    private boolean changeRing(Message message) {
        switch (message.request()) {
            case Protocol.VHOST_USER_SET_VRING_NUM -> quiesced(message).size(message.getInt(4));
            case Protocol.VHOST_USER_SET_VRING_BASE -> quiesced(message).base(message.getInt(4));
            case Protocol.VHOST_USER_SET_VRING_ADDR ->
                    quiesced(message)
                            .place(message.getLong(8), message.getLong(16), message.getLong(24));
            case Protocol.VHOST_USER_SET_VRING_ENABLE ->
                    quiesced(message).enable(message.getInt(4) != 0);
            case Protocol.VHOST_USER_SET_VRING_KICK -> setKick(message);
            case Protocol.VHOST_USER_SET_VRING_CALL ->
                    fdRing(message).call().replace(event(message));
            case Protocol.VHOST_USER_SET_VRING_ERR ->
                    fdRing(message).error().replace(event(message));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void setFeatures(long acknowledged) {
        rings.quiesce();
        // QEMU adds bits that it handles itself, such as VIRTIO_F_RING_RESET.
        features = acknowledged & offeredFeatures();
        if ((features & VHOST_USER_F_PROTOCOL_FEATURES) == 0) {
            rings.enableAll(true);
        }
    }

    private void setMemory(Message message) {
        int count = message.getInt(0);
        if (count < 0 || count > Protocol.MAX_TABLE_REGIONS || count > message.fds()) {
            throw new ProtocolException(count + " regions with " + message.fds() + " descriptors");
        }
        rings.quiesce();
        regions.clear();
        for (int i = 0; i < count; i++) {
            regions.add(message, 8 + i * REGION_SIZE);
        }
    }

    /** The ring that the first field names; the device does not work on it any more. */
    private Vring quiesced(Message message) {
        Vring ring = rings.get(message.getInt(0));
        rings.quiesce();
        return ring;
    }

    private void stopRing(Message message) {
        Vring ring = rings.get(message.getInt(0));
        rings.stop(ring);
        message.reply(socket, message.getInt(0), ring.base());
    }

    private Vring fdRing(Message message) {
        return rings.get((int) message.getLong(0) & Protocol.VHOST_USER_VRING_IDX_MASK);
    }

    private void setKick(Message message) {
        Vring ring = fdRing(message);
        EventFd event = event(message);
        rings.quiesce();
        if (event == null) {
            throw new ProtocolException("a ring that is to be polled");
        }
        ring.kick(event);
    }

    private static EventFd event(Message message) {
        boolean none = (message.getLong(0) & Protocol.VHOST_USER_VRING_NOFD_MASK) != 0;
        return none ? null : EventFd.owning(message.takeFd());
    }

    private void getConfig(Message message) {
        int offset = message.getInt(0);
        int size = message.getInt(4);
        byte[] config = device.config();
        if (offset < 0 || size < 0 || size != message.size() - CONFIG_HEADER) {
            message.replyEmpty(socket);
            return;
        }
        // Front-ends ask for the largest configuration they know; what is not there reads as 0.
        byte[] part = new byte[size];
        if (offset < config.length) {
            byte[] there =
                    Arrays.copyOfRange(config, offset, Math.min(config.length, offset + size));
            System.arraycopy(there, 0, part, 0, there.length);
        }
        message.replyWith(socket, CONFIG_HEADER, part);
    }

    private void setConfig(Message message) {
        int offset = message.getInt(0);
        int size = message.getInt(4);
        if (offset < 0 || size < 0 || size != message.size() - CONFIG_HEADER) {
            throw new ProtocolException("configuration write of " + size + " bytes at " + offset);
        }
        device.writeConfig(offset, message.getBytes(CONFIG_HEADER, size));
    }

    /** Sets the device to work, if it is not, on what is live. */
    void activate() {
        rings.activate(regions, features);
    }

    /** The front-end has gone: the device forgets the driver, memory is unmapped. */
    @Override
    public void close() {
        rings.close();
        regions.close();
    }
}

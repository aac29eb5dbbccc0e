package dev.jsbx.virtio.net;

import dev.jsbx.virtio.queue.DescriptorChain;
import dev.jsbx.virtio.queue.ReadableBuffers;
import java.util.function.Consumer;

/**
 * Answers the control queue (virtio 1.2 §5.1.6.5): class and command, a byte each, then the
 * command's data; one byte of answer.
 */
final class ControlQueue {
    private static final byte VIRTIO_NET_OK = 0;
    private static final byte VIRTIO_NET_ERR = 1;

    private static final int VIRTIO_NET_CTRL_RX = 0;
    private static final int VIRTIO_NET_CTRL_RX_PROMISC = 0;
    private static final int VIRTIO_NET_CTRL_RX_ALLMULTI = 1;

    private static final int VIRTIO_NET_CTRL_MAC = 1;
    private static final int VIRTIO_NET_CTRL_MAC_TABLE_SET = 0;
    private static final int VIRTIO_NET_CTRL_MAC_ADDR_SET = 1;

    private static final int COMMAND = 2;
    private static final int MAC_LENGTH = 6;

    private final Consumer<byte[]> macAddress;

    /**
     * @param macAddress told of the address that the driver chooses, 6 bytes
     */
    ControlQueue(Consumer<byte[]> macAddress) {
        this.macAddress = macAddress;
    }

    /** Does one command. @return bytes of the answer */
    long handle(DescriptorChain chain) {
        if (chain.writable().isEmpty()) {
            return 0;
        }
        ReadableBuffers in = chain.readable();
        boolean done = in.length() >= COMMAND && command(in, in.getByte(0), in.getByte(1));
        chain.writable().setByte(0, done ? VIRTIO_NET_OK : VIRTIO_NET_ERR);
        return 1;
    }

    private boolean command(ReadableBuffers in, int type, int command) {
        return switch (type) {
            case VIRTIO_NET_CTRL_RX -> receiveMode(in, command);
            case VIRTIO_NET_CTRL_MAC -> mac(in, command);
            default -> false;
        };
    }

    // Frames are sent to this guest alone, so a filter changes nothing; but a wire to listen on
    // does not exist, and so promiscuity is refused.
    private static boolean receiveMode(ReadableBuffers in, int command) {
        if (in.length() < COMMAND + 1) {
            return false;
        }
        return switch (command) {
            case VIRTIO_NET_CTRL_RX_PROMISC -> in.getByte(COMMAND) == 0;
            case VIRTIO_NET_CTRL_RX_ALLMULTI -> true;
            default -> false;
        };
    }

    private boolean mac(ReadableBuffers in, int command) {
        return switch (command) {
            case VIRTIO_NET_CTRL_MAC_TABLE_SET -> true;
            case VIRTIO_NET_CTRL_MAC_ADDR_SET -> setAddress(in);
            default -> false;
        };
    }

    private boolean setAddress(ReadableBuffers in) {
        if (in.length() < COMMAND + MAC_LENGTH || (in.getByte(COMMAND) & 1) != 0) {
            return false; // too short, or a group address
        }
        byte[] address = new byte[MAC_LENGTH];
        for (int i = 0; i < MAC_LENGTH; i++) {
            address[i] = in.getByte(COMMAND + i);
        }
        macAddress.accept(address);
        return true;
    }
}

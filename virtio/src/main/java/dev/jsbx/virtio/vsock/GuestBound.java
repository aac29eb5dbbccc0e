package dev.jsbx.virtio.vsock;

import dev.jsbx.virtio.queue.WritableBuffers;
import dev.jsbx.vmm.linux.Errno;
import java.util.ArrayDeque;

/**
 * Fills the guest's buffers with what is due: first RSTs, then connection by connection in turns,
 * one packet each. Data goes from the socket into the guest's memory without a stop in between.
 */
final class GuestBound {
    /** The most data in one packet, which Linux expects too. */
    static final int MAX_PAYLOAD = 64 << 10;

    private final long guestCid;
    private final Muxer muxer;
    private final Packet packet = new Packet();

    GuestBound(long guestCid, Muxer muxer) {
        this.guestCid = guestCid;
        this.muxer = muxer;
    }

    /** Whether there may be something to send. */
    boolean hasWork() {
        return !muxer.resets().isEmpty() || !muxer.turns().isEmpty();
    }

    /**
     * Puts the next packet into a buffer.
     *
     * @param out with room for a header and some data
     * @return bytes filled; 0 if there was nothing to send after all
     */
    long fill(WritableBuffers out) {
        ResetQueue resets = muxer.resets();
        if (!resets.isEmpty()) {
            packet.toGuest(guestCid, resets.hostPort(), resets.guestPort(), Op.RST);
            packet.write(out);
            resets.removeFirst();
            return Packet.HEADER_SIZE;
        }
        ArrayDeque<Connection> turns = muxer.turns();
        for (Connection next = turns.poll(); next != null; next = turns.poll()) {
            next.queued = false;
            long filled = next.phase() == Connection.Phase.OPEN ? fill(out, next) : 0;
            if (filled > 0) {
                muxer.schedule(next);
                return filled;
            }
        }
        return 0;
    }

    private long fill(WritableBuffers out, Connection connection) {
        StreamState state = connection.state();
        int op = state.due();
        if (op == 0 || op == Op.CREDIT_UPDATE) {
            // Data tells the credit as well.
            long filled = fillData(out, connection);
            op = state.due();
            if (filled > 0 || op == 0) {
                return filled;
            }
        }
        packet.toGuest(guestCid, connection.hostPort(), connection.guestPort(), op);
        state.stamp(packet);
        packet.write(out);
        return Packet.HEADER_SIZE;
    }

    private long fillData(WritableBuffers out, Connection connection) {
        StreamState state = connection.state();
        if (!connection.isReadable() || !state.isOpenToGuest()) {
            return 0;
        }
        long room = Math.min(MAX_PAYLOAD, out.length() - Packet.HEADER_SIZE);
        long length = Math.min(room, state.sendable());
        if (length == 0) {
            state.lacksCredit();
            return 0;
        }
        long n = connection.read(out, Packet.HEADER_SIZE, length);
        if (n == -Errno.EAGAIN) {
            return 0;
        }
        if (n == 0) {
            state.hostShutdown(Op.SHUTDOWN_SEND);
            return 0;
        }
        packet.toGuest(guestCid, connection.hostPort(), connection.guestPort(), Op.RW);
        packet.length = n;
        state.stamp(packet);
        state.sent(n);
        packet.write(out);
        return Packet.HEADER_SIZE + n;
    }
}

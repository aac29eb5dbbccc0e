package dev.jsbx.netstack.link;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/** One end of a link within this process. What one end transmits, the other receives. */
public final class MemoryLink implements Link {
    /** A frame under way. */
    public record Packet(byte[] bytes, Offload offload) {}

    private final int mtu;
    private final int offloads;
    private final ArrayDeque<Packet> incoming = new ArrayDeque<>();
    private final Frame frame = new Frame();
    private MemoryLink peer;
    private int room = Integer.MAX_VALUE;

    private MemoryLink(int mtu, int offloads) {
        this.mtu = mtu;
        this.offloads = offloads;
    }

    /** Two ends that are joined. */
    public static MemoryLink[] pair(int mtu, int offloads) {
        MemoryLink a = new MemoryLink(mtu, offloads);
        MemoryLink b = new MemoryLink(mtu, offloads);
        a.peer = b;
        b.peer = a;
        return new MemoryLink[] {a, b};
    }

    /** Lets that many more frames out; then transmit says no. */
    public void setRoom(int frames) {
        room = frames;
    }

    /** What waits to be received at this end. */
    public ArrayDeque<Packet> incoming() {
        return incoming;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public int offloads() {
        return offloads;
    }

    @Override
    public int receive(FrameHandler handler, int budget) {
        int n = 0;
        while (n < budget && !incoming.isEmpty()) {
            Packet p = incoming.poll();
            frame.offload().set(p.offload);
            frame.set(MemorySegment.ofArray(p.bytes), 0, p.bytes.length);
            handler.frame(frame);
            n++;
        }
        return n;
    }

    @Override
    public boolean transmit(OutFrame out) {
        if (room == 0) {
            return false;
        }
        room--;
        byte[] bytes = new byte[out.length()];
        out.copyTo(MemorySegment.ofArray(bytes), 0, 0, bytes.length);
        Offload offload = new Offload();
        offload.set(out.offload());
        peer.incoming.add(new Packet(bytes, offload));
        return true;
    }

    @Override
    public void flush() {
        // Already there.
    }

    @Override
    public void close() {
        incoming.clear();
    }
}

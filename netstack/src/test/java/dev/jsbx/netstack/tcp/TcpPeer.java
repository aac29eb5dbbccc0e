package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.link.Frame;
import dev.jsbx.netstack.link.Link;
import dev.jsbx.netstack.time.Clock;
import dev.jsbx.netstack.time.TimerQueue;
import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.Checksum;
import dev.jsbx.netstack.wire.Ethernet;
import dev.jsbx.netstack.wire.IpProtocol;
import dev.jsbx.netstack.wire.Ipv4;
import dev.jsbx.netstack.wire.MacAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;

/**
 * One of two stacks that speak with each other: sends a stream of its own, checks the one it gets,
 * and closes when it has sent all.
 */
final class TcpPeer implements SynHandler, TcpHandler {
    final TimerQueue timers = new TimerQueue();
    final TcpStack stack;
    private final IpOutput ip;
    private final Link link;
    private final Clock clock;
    private final Segment segment = new Segment();
    private final long toSend;
    private final boolean slow;
    TcpConnection connection;
    long sent;
    long received;
    boolean inputFinished;
    TcpEnd end;

    /**
     * @param slow reads only now and then, so that the window closes
     */
    TcpPeer(Link link, Clock clock, TcpConfig config, long toSend, boolean slow) {
        this.link = link;
        this.clock = clock;
        this.toSend = toSend;
        this.slow = slow;
        ip = new IpOutput(link, Arena.ofAuto(), 1, MacAddress.BROADCAST);
        stack =
                new TcpStack(
                        config,
                        clock,
                        timers,
                        ip,
                        ByteBufAllocator.DEFAULT,
                        new SecureRandom(new byte[] {1}),
                        this,
                        () -> {});
    }

    void connect(int from, int to) {
        long a = Addresses.mapped(from);
        long b = Addresses.mapped(to);
        connection = stack.connect(0, a, 1000, 0, b, 2000, this);
    }

    /** Takes frames, runs timers, sends. */
    void turn() {
        ip.unblock();
        link.receive(this::frame, 64);
        stack.settle();
        timers.run(clock.micros());
        if (slow && connection != null && connection.available() > 0) {
            take(connection.read());
        }
        stack.settle();
        link.flush();
    }

    long next() {
        return Math.min(timers.next(), link.deadline());
    }

    private void frame(Frame f) {
        MemorySegment m = f.memory();
        long at = f.at() + Ethernet.HEADER;
        if (f.length() < 34 || !Ipv4.check(m, at, f.length() - Ethernet.HEADER)) {
            return;
        }
        int length = Ipv4.totalLength(m, at) - Ipv4.headerLength(m, at);
        long tcp = at + Ipv4.headerLength(m, at);
        long src = Addresses.mapped(Ipv4.source(m, at));
        long dst = Addresses.mapped(Ipv4.destination(m, at));
        int pseudo = Checksum.pseudo(0, src, 0, dst, IpProtocol.TCP, length);
        boolean intact = Checksum.add(pseudo, Checksum.sum(m, tcp, length)) == 0xffff;
        if (!f.offload().checksumTrusted() && !intact) {
            return;
        }
        if (segment.parse(f, tcp, length, 0, src, 0, dst)) {
            stack.receive(segment);
        }
    }

    @Override
    public void syn(TcpConnection c) {
        connection = c;
        c.accept(this);
    }

    @Override
    public void connected(TcpConnection c) {
        write();
    }

    @Override
    public void readable(TcpConnection c) {
        if (!slow) {
            for (ByteBuf b = c.read(); b != null; b = c.read()) {
                take(b);
            }
        }
        inputFinished = c.isInputFinished();
    }

    private void take(ByteBuf b) {
        if (b == null) {
            return;
        }
        while (b.isReadable()) {
            byte got = b.readByte();
            byte want = SegmentText.payload(received);
            if (got != want) {
                throw new AssertionError("byte " + received + " is " + got + ", not " + want);
            }
            received++;
        }
        b.release();
        inputFinished = connection.isInputFinished();
    }

    @Override
    public void writable(TcpConnection c) {
        write();
    }

    private void write() {
        while (sent < toSend && connection.writable() > 0) {
            int n = (int) Math.min(Math.min(toSend - sent, connection.writable()), 5000);
            byte[] bytes = new byte[n];
            for (int i = 0; i < n; i++) {
                bytes[i] = SegmentText.payload(sent++);
            }
            connection.write(Unpooled.wrappedBuffer(bytes));
        }
        if (sent == toSend && connection.state() != TcpState.CLOSED) {
            connection.shutdownOutput();
        }
    }

    @Override
    public String toString() {
        return connection
                + " sent "
                + sent
                + " received "
                + received
                + " end "
                + end
                + " input finished "
                + inputFinished
                + " unread "
                + connection.available();
    }

    @Override
    public void closed(TcpConnection c, TcpEnd why) {
        end = why;
    }
}

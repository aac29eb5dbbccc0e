package dev.jsbx.bench.net;

import dev.jsbx.bench.EventLoopThreads;
import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.ip.IpHandler;
import dev.jsbx.netstack.ip.IpInput;
import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.ip.Packet;
import dev.jsbx.netstack.link.Frame;
import dev.jsbx.netstack.link.FrameHandler;
import dev.jsbx.netstack.link.Link;
import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.netstack.tcp.Segment;
import dev.jsbx.netstack.tcp.TcpConfig;
import dev.jsbx.netstack.tcp.TcpConnection;
import dev.jsbx.netstack.tcp.TcpEnd;
import dev.jsbx.netstack.tcp.TcpHandler;
import dev.jsbx.netstack.tcp.TcpStack;
import dev.jsbx.netstack.time.Clock;
import dev.jsbx.netstack.time.TimerQueue;
import dev.jsbx.netstack.wire.Ethernet;
import dev.jsbx.netstack.wire.Ipv4;
import dev.jsbx.netstack.wire.Tcp;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a segment costs the stack, from Ethernet to the user of the connection and back, without a
 * wire: 16 to a batch, as from a link. Shown with {@code -prof gc}: neither way allocates anything.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {
            EventLoopThreads.EXECUTOR,
            EventLoopThreads.CLASS,
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC"
        })
public class SegmentPath implements Link, IpHandler, TcpHandler {
    private static final int BATCH = 16;
    private static final int PAYLOAD = 1460;
    private static final int MTU = 1500;
    private static final int IP = Ethernet.HEADER;
    private static final int TCP = IP + Ipv4.HEADER;
    private static final int DATA = TCP + Tcp.HEADER;
    private static final int PORT = 4000;
    private static final int FAR = 203 << 24 | 113 << 8 | 7;
    private static final long GUEST_MAC = 0x5254_0000_0002L;
    private static final int WINDOW = 65535;

    private final Addressing who = Addressing.standard();
    private final Segment segment = new Segment();
    private final Frame frame = new Frame();
    private Arena arena;
    private MemorySegment memory;
    private ByteBuf data;
    private TcpStack stack;
    private IpInput input;
    private TcpConnection connection;
    private long micros;
    private int guestNext = 1000;
    private int ourNext;

    /** A connection that the guest has made, established. */
    @Setup
    public void connect() {
        arena = Arena.ofShared();
        memory = arena.allocate(2048, 64);
        data = Unpooled.directBuffer(PAYLOAD).writeZero(PAYLOAD);
        Clock clock = () -> micros;
        IpOutput output = new IpOutput(this, arena, who.ownMac(), GUEST_MAC);
        input = new IpInput(who, output, this, clock);
        stack =
                new TcpStack(
                        TcpConfig.DEFAULT,
                        clock,
                        new TimerQueue(),
                        output,
                        PooledByteBufAllocator.DEFAULT,
                        new SecureRandom(),
                        c -> {
                            connection = c;
                            c.accept(this);
                        },
                        () -> {});
        fromGuest(0, Tcp.SYN);
        guestNext++;
        fromGuest(0, Tcp.ACK);
        stack.settle();
    }

    @TearDown
    public void end() {
        connection.abort();
        data.release();
        arena.close();
    }

    private void fromGuest(int payload, int flags) {
        int total = DATA - IP + payload;
        Ethernet.write(memory, 0, who.ownMac(), GUEST_MAC, Ethernet.TYPE_IPV4);
        Ipv4.write(memory, IP, total, 0, Ipv4.DF, 64, 6, who.guestIpv4(), FAR);
        Tcp.write(memory, TCP, PORT, 80, guestNext, ourNext, Tcp.HEADER, flags, WINDOW);
        frame.offload().clear();
        frame.offload().setDataValid();
        frame.set(memory, 0, IP + total);
        input.frame(frame);
        guestNext += payload;
    }

    /** Segments of the guest, read by the connection's user, and acknowledged. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long in() {
        for (int i = 0; i < BATCH; i++) {
            fromGuest(PAYLOAD, Tcp.ACK);
        }
        stack.settle();
        micros += 100;
        return connection.bytesReceived();
    }

    /** Segments to the guest, written by the connection's user; the guest acknowledges a batch. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long out() {
        for (int i = 0; i < BATCH; i++) {
            connection.write(data.readerIndex(0).retain()); // which copies it
        }
        stack.settle();
        micros += 100;
        fromGuest(0, Tcp.ACK);
        stack.settle();
        return connection.bytesSent();
    }

    // The user of the connection

    @Override
    public void connected(TcpConnection c) {
        // As was wanted.
    }

    @Override
    public void readable(TcpConnection c) {
        for (ByteBuf read = c.read(); read != null; read = c.read()) {
            read.release();
        }
    }

    @Override
    public void writable(TcpConnection c) {
        // It always is.
    }

    @Override
    public void closed(TcpConnection c, TcpEnd end) {
        // The benchmark is over.
    }

    // The wire

    @Override
    public int mtu() {
        return MTU;
    }

    @Override
    public int offloads() {
        return CHECKSUM;
    }

    @Override
    public int receive(FrameHandler handler, int budget) {
        return 0;
    }

    @Override
    public boolean transmit(OutFrame out) {
        int length = out.length() - DATA;
        boolean syn = (Tcp.flags(out.header(), TCP) & Tcp.SYN) != 0;
        int sequence = Tcp.sequence(out.header(), TCP);
        ourNext = syn ? sequence + 1 : sequence + length;
        return true;
    }

    @Override
    public void flush() {
        // Nothing waits.
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    // Packets

    @Override
    public void tcp(Packet p) {
        boolean good =
                segment.parse(
                        p.frame(),
                        p.at(),
                        p.length(),
                        p.srcHigh(),
                        p.srcLow(),
                        p.dstHigh(),
                        p.dstLow());
        if (good) {
            stack.receive(segment);
        }
    }

    @Override
    public void udp(Packet packet) {
        throw new IllegalStateException("only TCP was sent");
    }

    @Override
    public void icmp(Packet packet) {
        udp(packet);
    }

    @Override
    public void other(Packet packet) {
        udp(packet);
    }

    @Override
    public void expired(Packet packet) {
        udp(packet);
    }
}

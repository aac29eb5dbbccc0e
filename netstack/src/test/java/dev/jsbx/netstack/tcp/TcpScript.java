package dev.jsbx.netstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.link.Frame;
import dev.jsbx.netstack.link.Link;
import dev.jsbx.netstack.link.MemoryLink;
import dev.jsbx.netstack.time.ManualClock;
import dev.jsbx.netstack.time.TimerQueue;
import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.MacAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs dialogues between a guest and a TCP layer, in the manner of packetdrill:
 *
 * <pre>
 *   &lt; S 0:0(0) win 65535 &lt;mss 1460,sackOK,TS val 100 ecr 0,wscale 7&gt;     the guest sends
 *   &gt; S. 0:0(0) ack 1 &lt;mss 1460,sackOK&gt;                                    the stack must send
 *   user accept|refuse|ignore|connect|write N|read N|shutdown|close|abort
 *   state ESTABLISHED       read N: that many bytes must wait     events connected,readable
 *   +0.200                  seconds pass
 * </pre>
 *
 * Sequence numbers count from each side's first. Fields that an expected segment leaves out are not
 * compared. The stack must send nothing that the script does not expect.
 */
final class TcpScript implements SynHandler, TcpHandler {
    static final int GUEST_ISN = 0x7fff_fff0;
    private static final int GUEST_IP = 0x0a000002;
    private static final int HOST_IP = 0x5db8d822;

    final ManualClock clock = new ManualClock();
    final TimerQueue timers = new TimerQueue();
    final MemoryLink near;
    final MemoryLink far;
    final IpOutput ip;
    final TcpStack stack;
    private final Segment segment = new Segment();
    private final Frame frame = new Frame();
    private final List<String> events = new ArrayList<>();
    private final SegmentText text = new SegmentText();
    private TcpConnection connection;
    private boolean autoRead;
    private long written;
    private long readSoFar;
    private int line;

    TcpScript() {
        this(TcpConfig.DEFAULT, 1500, 0);
    }

    TcpScript(TcpConfig config, int mtu, int offloads) {
        MemoryLink[] ends = MemoryLink.pair(mtu, offloads);
        near = ends[0];
        far = ends[1];
        Arena arena = Arena.ofAuto();
        ip = new IpOutput(near, arena, 0x0200_0000_0001L, MacAddress.BROADCAST);
        stack =
                new TcpStack(
                        config,
                        clock,
                        timers,
                        ip,
                        ByteBufAllocator.DEFAULT,
                        new SecureRandom(),
                        this,
                        () -> {});
    }

    /** With every byte read as it comes. */
    TcpScript autoRead() {
        autoRead = true;
        return this;
    }

    TcpScript run(String script) {
        for (String raw : script.split("\n")) {
            line++;
            String s = raw.replaceAll("//.*", "").strip();
            if (s.isEmpty()) {
                continue;
            }
            try {
                step(s);
            } catch (AssertionError e) {
                throw new AssertionError("line " + line + ": " + s + "\n" + e.getMessage(), e);
            }
        }
        nothingLeft();
        return this;
    }

    private void step(String s) {
        if (s.startsWith("<")) {
            nothingLeft();
            inject(s.substring(1).strip());
        } else if (s.startsWith(">")) {
            expect(s.substring(1).strip());
        } else if (s.startsWith("+")) {
            nothingLeft();
            pass((long) (Double.parseDouble(s.substring(1)) * 1e6));
        } else if (s.startsWith("user ")) {
            nothingLeft();
            user(s.substring(5).split(" "));
            settle();
        } else if (s.startsWith("state ")) {
            assertThat(connection.state()).isEqualTo(TcpState.valueOf(s.substring(6)));
        } else if (s.startsWith("events")) {
            assertThat(String.join(",", events)).isEqualTo(s.substring(6).strip());
            events.clear();
        } else {
            fail("not a line of a script");
        }
    }

    /** Lets time pass, stopping at each timer. */
    private void pass(long micros) {
        long end = clock.micros() + micros;
        while (timers.next() <= end) {
            clock.set(Math.max(timers.next(), clock.micros()));
            timers.run(clock.micros());
            settle();
        }
        clock.set(end);
    }

    private void settle() {
        stack.settle();
    }

    private void inject(String s) {
        text.parse(s);
        byte[] bytes = text.toBytes(GUEST_ISN, stackIss());
        MemorySegment m = MemorySegment.ofArray(bytes);
        frame.set(m, 0, bytes.length);
        frame.offload().clear();
        frame.offload().setDataValid();
        boolean whole =
                segment.parse(
                        frame,
                        0,
                        bytes.length,
                        0,
                        Addresses.mapped(GUEST_IP),
                        0,
                        Addresses.mapped(HOST_IP));
        assertThat(whole).isTrue();
        stack.receive(segment);
        settle();
    }

    private int stackIss() {
        return connection == null ? 0 : connection.sender.iss();
    }

    private void expect(String s) {
        MemoryLink.Packet p = far.incoming().poll();
        if (p == null) {
            fail("the stack sent nothing");
        }
        text.parse(s);
        text.compare(p.bytes(), stackIss(), GUEST_ISN, connection);
    }

    private void nothingLeft() {
        if (!far.incoming().isEmpty()) {
            byte[] bytes = far.incoming().poll().bytes();
            far.incoming().clear();
            fail("not expected: " + SegmentText.describe(bytes, stackIss(), GUEST_ISN));
        }
    }

    private void user(String[] words) {
        int n = words.length > 1 ? Integer.parseInt(words[1]) : 0;
        switch (words[0]) {
            case "accept" -> connection.accept(this);
            case "refuse" -> connection.refuse();
            case "ignore" -> connection.ignore();
            case "connect" ->
                    connection =
                            stack.connect(
                                    0,
                                    Addresses.mapped(HOST_IP),
                                    80,
                                    0,
                                    Addresses.mapped(GUEST_IP),
                                    5000,
                                    this);
            case "write" -> write(n);
            case "read" -> assertThat(readAll(n)).isEqualTo(n);
            case "shutdown" -> connection.shutdownOutput();
            case "close" -> connection.close();
            case "abort" -> connection.abort();
            case "blocked" -> near.setRoom(n);
            case "unblocked" -> {
                near.setRoom(Integer.MAX_VALUE);
                ip.unblock();
            }
            default -> fail("no such call");
        }
    }

    private void write(int n) {
        byte[] bytes = new byte[n];
        for (int i = 0; i < n; i++) {
            bytes[i] = SegmentText.payload(written++);
        }
        connection.write(Unpooled.wrappedBuffer(bytes));
    }

    /** Reads at most {@code n} bytes by whole buffers and checks their content. */
    private int readAll(int n) {
        int got = 0;
        while (got < n) {
            ByteBuf b = connection.read();
            if (b == null) {
                break;
            }
            got += b.readableBytes();
            while (b.isReadable()) {
                assertThat(b.readByte()).isEqualTo(SegmentText.payload(readSoFar++));
            }
            b.release();
        }
        return got;
    }

    /** The guest acknowledges selectively; what the stack sends then is not looked at. */
    void sack(int left, int right) {
        inject(String.format(". 1:1(0) ack 1 win 65535 <sack %d:%d>", left, right));
        far.incoming().clear();
    }

    TcpConnection connection() {
        return connection;
    }

    @Override
    public void syn(TcpConnection c) {
        connection = c;
        events.add("syn");
    }

    @Override
    public void withdrawn(TcpConnection c) {
        events.add("withdrawn");
    }

    @Override
    public void connected(TcpConnection c) {
        events.add("connected");
    }

    @Override
    public void readable(TcpConnection c) {
        if (autoRead) {
            readAll(Integer.MAX_VALUE);
        }
        events.add(c.isInputFinished() ? "finished" : "readable");
    }

    @Override
    public void writable(TcpConnection c) {
        events.add("writable");
    }

    @Override
    public void closed(TcpConnection c, TcpEnd end) {
        events.add("closed:" + end);
    }

    /** Offloads of a link that takes super-segments. */
    static int allOffloads() {
        return Link.CHECKSUM | Link.TSO4 | Link.TSO6;
    }
}

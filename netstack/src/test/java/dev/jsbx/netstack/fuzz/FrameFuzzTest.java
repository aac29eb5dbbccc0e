package dev.jsbx.netstack.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.jsbx.netstack.FlowObserver;
import dev.jsbx.netstack.FlowPolicy;
import dev.jsbx.netstack.NetStack;
import dev.jsbx.netstack.Protocol;
import dev.jsbx.netstack.Verdict;
import dev.jsbx.netstack.host.EventLoops;
import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.link.MemoryLink;
import dev.jsbx.netstack.link.Offload;
import dev.jsbx.netstack.tcp.TcpConfig;
import dev.jsbx.netstack.time.ManualClock;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Hostile frames: whatever a guest sends, the stack neither fails nor grows. The input is a row of
 * frames, each behind a length of two bytes and a byte for its offload flags.
 */
class FrameFuzzTest {
    /** Ends everything here: nothing that is made up may leave the machine. */
    private static final FlowPolicy POLICY =
            flow ->
                    flow.protocol() == Protocol.TCP && flow.destination().getPort() % 2 == 0
                            ? new Verdict.Terminate(pipeline -> {}, FlowObserver.NONE)
                            : Verdict.refuse();

    @FuzzTest
    void frames(byte[] input) throws Exception {
        MultiThreadIoEventLoopGroup group = EventLoops.epoll(1);
        try {
            feed(group.next(), input);
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static void feed(IoEventLoop loop, byte[] input) throws Exception {
        MemoryLink[] ends = MemoryLink.pair(1500, 0);
        ManualClock clock = new ManualClock();
        Addressing who = Addressing.standard();
        try (NetStack stack =
                new NetStack(ends[0], who, TcpConfig.DEFAULT, "", POLICY, loop, clock)) {
            stack.start();
            int at = 0;
            while (at + 3 <= input.length) {
                int length = (input[at] & 0xff) << 8 | input[at + 1] & 0xff;
                Offload offload = new Offload();
                if ((input[at + 2] & 1) != 0) {
                    offload.setDataValid();
                }
                at += 3;
                int end = Math.min(at + length, input.length);
                byte[] frame = Arrays.copyOfRange(input, at, end);
                at = end;
                ends[0].incoming().add(new MemoryLink.Packet(frame, offload));
            }
            loop.submit(stack::poll).get(20, TimeUnit.SECONDS);
            clock.advance(1_000_000);
            loop.submit(stack::poll).get(20, TimeUnit.SECONDS);
            assertThat(loop.submit(stack::faults).get()).isZero();
            assertThat(loop.submit(() -> stack.tcp().memoryUsed()).get()).isLessThan(64L << 20);
        }
    }

    /** A poor fuzzer for every run: well-formed frames with some bytes changed. */
    @Test
    void mutations() throws Exception {
        byte[][] seeds = Seeds.all();
        Random random = new Random(1);
        MultiThreadIoEventLoopGroup group = EventLoops.epoll(1);
        try {
            for (int round = 0; round < 60; round++) {
                java.io.ByteArrayOutputStream row = new java.io.ByteArrayOutputStream();
                for (int i = 0; i < 40; i++) {
                    byte[] frame = seeds[random.nextInt(seeds.length)].clone();
                    for (int change = random.nextInt(4); change > 0; change--) {
                        frame[12 + random.nextInt(frame.length - 12)] = (byte) random.nextInt();
                    }
                    int length =
                            random.nextInt(8) == 0 ? random.nextInt(frame.length) : frame.length;
                    row.write(length >> 8);
                    row.write(length);
                    row.write(1);
                    row.write(frame, 0, length);
                }
                feed(group.next(), row.toByteArray());
            }
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}

package dev.jsbx.netstack.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.netstack.NetStack;
import dev.jsbx.netstack.Verdict;
import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.link.FrameHandler;
import dev.jsbx.netstack.link.Link;
import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.netstack.tcp.TcpConfig;
import dev.jsbx.netstack.time.Clock;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LinkDriverTest {
    private static final int BEATS = 20;
    private static final int BEAT_MICROS = 5000;
    private static final int DISTANT_MICROS = 500_000;

    private final Clock system = Clock.system();
    private final Beating link = new Beating();
    private final CountDownLatch beaten = new CountDownLatch(BEATS);
    private int readings;

    @Test
    void anEarlierDeadlineReplacesTheOneBefore() throws InterruptedException {
        Clock clock =
                () -> {
                    readings++;
                    return system.micros();
                };
        try (MultiThreadIoEventLoopGroup group = EventLoops.epoll(1)) {
            IoEventLoop loop = group.next();
            try (NetStack stack =
                    new NetStack(
                            link,
                            Addressing.standard(),
                            TcpConfig.DEFAULT,
                            "guest",
                            flow -> Verdict.refuse(),
                            loop,
                            clock)) {
                stack.start();
                loop.submit(
                                () -> {
                                    link.deadline = system.micros() + DISTANT_MICROS;
                                    for (int i = 0; i < 1000; i++) {
                                        link.deadline--;
                                        stack.poll();
                                    }
                                    readings = 0;
                                })
                        .syncUninterruptibly();
                assertThat(beaten.await(20, TimeUnit.SECONDS)).isTrue();
                int all = loop.submit(() -> readings).syncUninterruptibly().getNow();
                assertThat(all).isLessThan(BEATS * 10);
            }
        }
    }

    /** Wants to be looked at every now and then. */
    private final class Beating implements Link {
        private long deadline = Long.MAX_VALUE;

        @Override
        public int receive(FrameHandler handler, int budget) {
            if (system.micros() >= deadline) {
                beaten.countDown();
                deadline = beaten.getCount() > 0 ? deadline + BEAT_MICROS : Long.MAX_VALUE;
            }
            return 0;
        }

        @Override
        public long deadline() {
            return deadline;
        }

        @Override
        public int mtu() {
            return 1500;
        }

        @Override
        public int offloads() {
            return 0;
        }

        @Override
        public boolean transmit(OutFrame frame) {
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
    }
}

package dev.jsbx.netstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** ESTABLISHED: data, acknowledgments and windows where nothing is lost. */
class DataTest {
    private static final String ESTABLISHED =
            """
            < S 0:0(0) win 65535 <mss 1460,sackOK,wscale 0>
            user accept
            > S. 0:0(0) ack 1
            < . 1:1(0) ack 1 win 65535
            events syn,connected
            """;

    @Test
    @DisplayName("RFC 9293 §3.8.6.3: a lone segment's acknowledgment waits, a second's does not")
    void delayedAck() {
        new TcpScript()
                .autoRead()
                .run(
                        ESTABLISHED
                                + """
                                < P. 1:101(100) ack 1 win 65535
                                +0.009
                                +0.001
                                > . 1:1(0) ack 101
                                < P. 101:201(100) ack 1 win 65535
                                < P. 201:301(100) ack 1 win 65535
                                > . 1:1(0) ack 301
                                """);
    }

    @Test
    @DisplayName("An answer carries the acknowledgment")
    void piggyback() {
        new TcpScript()
                .autoRead()
                .run(
                        ESTABLISHED
                                + """
                                < P. 1:101(100) ack 1 win 65535
                                user write 50
                                > P. 1:51(50) ack 101
                                +0.05
                                """);
    }

    @Test
    @DisplayName("RFC 9293 §3.10.7.4: what was received before is acknowledged again, and reported")
    void duplicate() {
        new TcpScript()
                .autoRead()
                .run(
                        ESTABLISHED
                                + """
                                < P. 1:101(100) ack 1 win 65535
                                +0.010
                                > . 1:1(0) ack 101
                                < P. 1:101(100) ack 1 win 65535
                                > . 1:1(0) ack 101 <sack 1:101>
                                < P. 51:151(100) ack 1 win 65535
                                > . 1:1(0) ack 151 <sack 51:101>
                                """);
    }

    @Test
    @DisplayName("RFC 2018 §4: gaps are reported at once, the latest change first")
    void outOfOrder() {
        new TcpScript()
                .autoRead()
                .run(
                        ESTABLISHED
                                + """
                                < P. 101:201(100) ack 1 win 65535
                                > . 1:1(0) ack 1 <sack 101:201>
                                < P. 301:401(100) ack 1 win 65535
                                > . 1:1(0) ack 1 <sack 301:401 101:201>
                                < P. 201:301(100) ack 1 win 65535
                                > . 1:1(0) ack 1 <sack 101:401>
                                events
                                < P. 1:101(100) ack 1 win 65535
                                > . 1:1(0) ack 401 <>
                                events readable
                                """);
    }

    @Test
    @DisplayName("RFC 9293 §3.8.6.2.2: the window shrinks with what is unread and opens in strides")
    void receiveWindow() {
        TcpConfig config = TcpConfig.DEFAULT.withBuffers(8192, 65536);
        new TcpScript(config, 1500, 0)
                .run(
                        """
                        < S 0:0(0) win 65535 <mss 1460,wscale 0>
                        user accept
                        > S. 0:0(0) ack 1 win 8192
                        < . 1:1(0) ack 1 win 65535
                        < . 1:1461(1460) ack 1 win 65535
                        < P. 1461:2921(1460) ack 1 win 65535
                        > . 1:1(0) ack 2921 win 5272
                        < . 2921:4381(1460) ack 1 win 65535
                        < P. 4381:8193(3812) ack 1 win 65535
                        > . 1:1(0) ack 8193 win 0
                        < . 8193:8194(1) ack 1 win 65535       // a probe
                        > . 1:1(0) ack 8193 win 0
                        user read 8192
                        > . 1:1(0) ack 8193 win 8192
                        """);
    }

    @Test
    @DisplayName("RFC 9293 §3.10.7.4: what lies beyond the window is not taken")
    void beyondWindow() {
        TcpConfig config = TcpConfig.DEFAULT.withBuffers(4096, 65536);
        new TcpScript(config, 1500, 0)
                .run(
                        """
                        < S 0:0(0) win 65535 <mss 1460,wscale 0>
                        user accept
                        > S. 0:0(0) ack 1 win 4096
                        < P. 1:5001(5000) ack 1 win 65535
                        > . 1:1(0) ack 4097 win 0
                        user read 4096
                        > . 1:1(0) ack 4097 win 4096
                        """);
    }

    @Test
    @DisplayName("RFC 9293 §3.8.6: the send window is kept")
    void sendWindow() {
        new TcpScript()
                .run(
                        ESTABLISHED.replace("ack 1 win 65535", "ack 1 win 3000")
                                + """
                                user write 10000
                                > . 1:1461(1460) ack 1
                                > . 1461:2921(1460) ack 1
                                < . 1:1(0) ack 2921 win 3000
                                > . 2921:4381(1460) ack 1
                                > . 4381:5841(1460) ack 1
                                """);
    }

    @Test
    @DisplayName("RFC 9293 §3.8.6.1: a closed window is probed with backoff, for ever if answered")
    void zeroWindowProbes() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                user write 1000
                                > P. 1:1001(1000) ack 1
                                < . 1:1(0) ack 1001 win 0
                                user write 500
                                +0.2
                                > . 1000:1000(0) ack 1
                                < . 1:1(0) ack 1001 win 0
                                +0.4
                                > . 1000:1000(0) ack 1
                                < . 1:1(0) ack 1001 win 0
                                +0.4
                                > . 1000:1000(0) ack 1
                                < . 1:1(0) ack 1001 win 65535
                                > P. 1001:1501(500) ack 1
                                """);
    }

    @Test
    @DisplayName("RFC 9293 §3.8.6.2.1: no silly segments into a small window until its time is up")
    void sillyWindow() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                user write 1000
                                > P. 1:1001(1000) ack 1
                                < . 1:1(0) ack 1001 win 10
                                user write 500
                                +0.2
                                > . 1001:1011(10) ack 1
                                """);
    }

    @Test
    @DisplayName("RFC 9293 §3.8.4: keep-alive asks, and gives up when nobody answers")
    void keepAlive() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                +7200
                                > . 0:0(0) ack 1
                                < . 1:1(0) ack 1 win 65535
                                +7199
                                +2
                                > . 0:0(0) ack 1
                                +75
                                > . 0:0(0) ack 1
                                """);
    }

    @Test
    @DisplayName("RFC 9293 §3.8.4: a guest that is gone is given up")
    void keepAliveGivesUp() {
        StringBuilder script = new StringBuilder(ESTABLISHED).append("+7200\n> . 0:0(0) ack 1\n");
        for (int i = 1; i < 9; i++) {
            script.append("+75\n> . 0:0(0) ack 1\n");
        }
        script.append("+75\n> R. 1:1(0) ack 1\nevents closed:TIMED_OUT\n");
        new TcpScript().run(script.toString());
    }

    @Test
    @DisplayName("RFC 7323 §5.3: an old timestamp marks an old duplicate")
    void paws() {
        new TcpScript()
                .autoRead()
                .run(
                        """
                        < S 0:0(0) win 65535 <mss 1460,TS val 1000 ecr 0>
                        user accept
                        > S. 0:0(0) ack 1 <mss 1460,TS ecr 1000>
                        < . 1:1(0) ack 1 win 65535 <TS val 1001 ecr 0>
                        < P. 1:101(100) ack 1 win 65535 <TS val 999 ecr 0>
                        > . 1:1(0) ack 1 <TS ecr 1001>
                        events syn,connected
                        < P. 1:101(100) ack 1 win 65535 <TS val 1002 ecr 0>
                        +0.010
                        > . 1:1(0) ack 101 <TS ecr 1002>
                        """);
    }

    @Test
    @DisplayName("RFC 7323 §3.2: once agreed on, segments without timestamps are dropped")
    void timestampsMissing() {
        new TcpScript()
                .run(
                        """
                        < S 0:0(0) win 65535 <mss 1460,TS val 1000 ecr 0>
                        user accept
                        > S. 0:0(0) ack 1
                        < . 1:1(0) ack 1 win 65535
                        state SYN_RECEIVED
                        < . 1:1(0) ack 1 win 65535 <TS val 1001 ecr 0>
                        state ESTABLISHED
                        """);
    }

    @Test
    @DisplayName("RFC 6093 §4: the urgent flag changes nothing")
    void urgentIgnored() {
        new TcpScript()
                .autoRead()
                .run(
                        ESTABLISHED
                                + """
                                < PU. 1:101(100) ack 1 win 65535
                                +0.010
                                > . 1:1(0) ack 101
                                events readable
                                """);
    }

    @Test
    @DisplayName("A super-segment carries many segments' worth, in whole segments")
    void superSegments() {
        TcpScript t = new TcpScript(TcpConfig.DEFAULT, 1500, TcpScript.allOffloads());
        t.run(
                ESTABLISHED
                        + """
                        user write 20000
                        > . 1:14601(14600) ack 1
                        < . 1:1(0) ack 14601 win 65535
                        > P. 14601:20001(5400) ack 1
                        """);
        assertThat(t.stack.memoryUsed()).isEqualTo(5400);
    }

    @Test
    @DisplayName("A link without room stops output; with room it goes on where it was")
    void linkWithoutRoom() {
        new TcpScript()
                .autoRead()
                .run(
                        ESTABLISHED
                                + """
                                user blocked 1
                                user write 2000
                                > . 1:1461(1460) ack 1
                                < P. 1:101(100) ack 1 win 65535
                                < P. 101:201(100) ack 1 win 65535
                                user unblocked
                                > P. 1461:2001(540) ack 201
                                """);
    }

    @Test
    @DisplayName("RFC 9293 §3.8.6: a window that shrinks below what is under way does no harm")
    void windowShrinks() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                user write 2920
                                > . 1:1461(1460) ack 1
                                > P. 1461:2921(1460) ack 1
                                < . 1:1(0) ack 1461 win 500
                                user write 100
                                < . 1:1(0) ack 2921 win 500
                                > P. 2921:3021(100) ack 1
                                """);
    }
}

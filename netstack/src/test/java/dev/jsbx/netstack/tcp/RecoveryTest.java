package dev.jsbx.netstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Loss and its repair, as a sender sees them. */
class RecoveryTest {
    private static final String SACK =
            """
            < S 0:0(0) win 65535 <mss 1000,sackOK,wscale 4>
            user accept
            > S. 0:0(0) ack 1
            +0.020
            < . 1:1(0) ack 1 win 65535
            """;
    private static final String NO_SACK = SACK.replace(",sackOK", "");

    private static final String TEN =
            """
            user write 10000
            > . 1:1001(1000) ack 1
            > . 1001:2001(1000) ack 1
            > . 2001:3001(1000) ack 1
            > . 3001:4001(1000) ack 1
            > . 4001:5001(1000) ack 1
            > . 5001:6001(1000) ack 1
            > . 6001:7001(1000) ack 1
            > . 7001:8001(1000) ack 1
            > . 8001:9001(1000) ack 1
            > P. 9001:10001(1000) ack 1
            """;

    @Test
    @DisplayName("RFC 8985 §6.2: three segments above a hole mean that it is lost")
    void fastRetransmit() {
        TcpScript t =
                new TcpScript()
                        .run(
                                SACK
                                        + TEN
                                        + """
                                        +0.020
                                        < . 1:1(0) ack 1 win 65535 <sack 1001:2001>
                                        < . 1:1(0) ack 1 win 65535 <sack 1001:3001>
                                        < . 1:1(0) ack 1 win 65535 <sack 1001:4001>
                                        > P. 1:1001(1000) ack 1
                                        """);
        assertThat(t.connection().sender.recovery.phase()).isEqualTo(Recovery.Phase.FAST);
        t.run(
                """
                +0.020
                < . 1:1(0) ack 10001 win 65535
                """);
        assertThat(t.connection().sender.recovery.isOpen()).isTrue();
        assertThat(t.connection().sender.cc.cwnd()).isEqualTo(7000);
        assertThat(t.stack.retransmissions()).isEqualTo(1);
    }

    @Test
    @DisplayName("RFC 8985 §6.2: two holes, both repaired within one recovery")
    void twoHoles() {
        new TcpScript()
                .run(
                        SACK
                                + TEN
                                + """
                                +0.020
                                < . 1:1(0) ack 1 win 65535 <sack 1001:3001>
                                < . 1:1(0) ack 1 win 65535 <sack 4001:6001 1001:3001>
                                > P. 1:1001(1000) ack 1
                                > P. 3001:4001(1000) ack 1
                                < . 1:1(0) ack 1 win 65535 <sack 4001:8001 1001:3001>
                                < . 1:1(0) ack 1 win 65535 <sack 4001:10001 1001:3001>
                                """);
    }

    @Test
    @DisplayName("RFC 8985 §6.2: mere reordering within the window repairs nothing")
    void reordering() {
        TcpScript t =
                new TcpScript()
                        .run(
                                SACK
                                        + TEN
                                        + """
                                        +0.020
                                        < . 1:1(0) ack 1 win 65535 <sack 1001:2001>
                                        < . 1:1(0) ack 2001 win 65535
                                        < . 1:1(0) ack 10001 win 65535
                                        """);
        assertThat(t.stack.retransmissions()).isZero();
    }

    @Test
    @DisplayName("RFC 8985 §6.2 step 5: one segment above a hole means loss when its time is up")
    void reorderTimer() {
        new TcpScript()
                .run(
                        SACK
                                + """
                                user write 2000
                                > . 1:1001(1000) ack 1
                                > P. 1001:2001(1000) ack 1
                                +0.020
                                < . 1:1(0) ack 1 win 65535 <sack 1001:2001>
                                +0.006
                                > P. 1:1001(1000) ack 1
                                """);
    }

    @Test
    @DisplayName("RFC 8985 §7: a lost tail is probed for long before the timeout")
    void tailLossProbe() {
        new TcpScript()
                .run(
                        SACK
                                + """
                                user write 2000
                                > . 1:1001(1000) ack 1
                                > P. 1001:2001(1000) ack 1
                                +0.039
                                +0.001
                                > P. 1001:2001(1000) ack 1
                                +0.020
                                < . 1:1(0) ack 1 win 65535 <sack 1001:2001>
                                > P. 1:1001(1000) ack 1
                                """);
    }

    @Test
    @DisplayName("RFC 8985 §7.2: a lone segment's probe waits for a delayed acknowledgment")
    void tailLossProbeOfOne() {
        new TcpScript()
                .run(
                        SACK
                                + """
                                user write 500
                                > P. 1:501(500) ack 1
                                +0.199
                                +0.001
                                > P. 1:501(500) ack 1
                                """);
    }

    @Test
    @DisplayName(
            "RFC 6298 §5: timeouts double, the window falls to one segment, then all is repaired")
    void timeout() {
        TcpScript t =
                new TcpScript()
                        .run(
                                NO_SACK
                                        + """
                                        user write 3000
                                        > . 1:1001(1000) ack 1
                                        > . 1001:2001(1000) ack 1
                                        > P. 2001:3001(1000) ack 1
                                        +0.2
                                        > P. 1:1001(1000) ack 1
                                        +0.4
                                        > P. 1:1001(1000) ack 1
                                        """);
        assertThat(t.connection().sender.cc.cwnd()).isEqualTo(1000);
        t.run(
                """
                < . 1:1(0) ack 1001 win 65535
                > P. 1001:2001(1000) ack 1
                > P. 2001:3001(1000) ack 1
                < . 1:1(0) ack 3001 win 65535
                """);
        assertThat(t.connection().sender.recovery.isOpen()).isTrue();
    }

    @Test
    @DisplayName("RFC 9293 §3.8.3: after R2 the connection is given up")
    void givenUp() {
        TcpScript t = new TcpScript();
        t.run(NO_SACK + "user write 100\n> P. 1:101(100) ack 1\n");
        long rto = 200_000;
        for (int i = 0; i < 15; i++) {
            t.run("+" + rto / 1e6 + "\n> P. 1:101(100) ack 1\n");
            rto = Math.min(rto * 2, 60_000_000);
        }
        t.run("+60\n> R. 101:101(0) ack 1\nevents syn,connected,closed:TIMED_OUT\n");
    }

    @Test
    @DisplayName("RFC 6582: without SACK, three duplicates and then each partial acknowledgment")
    void newReno() {
        new TcpScript()
                .run(
                        NO_SACK
                                + TEN
                                + """
                                < . 1:1(0) ack 1 win 65535
                                < . 1:1(0) ack 1 win 65535
                                < . 1:1(0) ack 1 win 65535
                                > P. 1:1001(1000) ack 1
                                < . 1:1(0) ack 1 win 65535
                                < . 1:1(0) ack 4001 win 65535
                                > P. 4001:5001(1000) ack 1
                                < . 1:1(0) ack 10001 win 65535
                                """);
    }

    @Test
    @DisplayName("RFC 3042: duplicates let new data out before they mean loss")
    void limitedTransmit() {
        new TcpScript()
                .run(
                        SACK
                                + TEN
                                + """
                                user write 2000
                                < . 1:1(0) ack 1 win 65535 <sack 1001:2001>
                                > . 10001:11001(1000) ack 1
                                < . 1:1(0) ack 1 win 65535 <sack 1001:3001>
                                > P. 11001:12001(1000) ack 1
                                """);
    }

    @Test
    @DisplayName("RFC 2018 §8: after a timeout a receiver that dropped what it had is believed")
    void reneging() {
        new TcpScript()
                .run(
                        SACK
                                + """
                                user write 3000
                                > . 1:1001(1000) ack 1
                                > . 1001:2001(1000) ack 1
                                > P. 2001:3001(1000) ack 1
                                +0.020
                                < . 1:1(0) ack 1 win 65535 <sack 1001:3001>
                                +0.005
                                > P. 1:1001(1000) ack 1
                                < . 1:1(0) ack 1001 win 65535
                                +0.2
                                > P. 1001:2001(1000) ack 1
                                < . 1:1(0) ack 2001 win 65535
                                > P. 2001:3001(1000) ack 1
                                """);
    }

    @Test
    @DisplayName("SACK blocks that make no sense are not believed (RFC 2018 §5)")
    void nonsenseBlocks() {
        TcpScript t =
                new TcpScript()
                        .run(
                                SACK
                                        + TEN
                                        + """
                                        < . 1:1(0) ack 1001 win 65535 <sack 50001:60001 3001:2001>
                                        """);
        assertThat(t.connection().sender.board.sackedBytes()).isZero();
    }

    @Test
    @DisplayName("A scoreboard stays small though every second byte is acknowledged by itself")
    void scoreboardBounded() {
        TcpScript t = new TcpScript(TcpConfig.DEFAULT, 1500, TcpScript.allOffloads());
        t.run(SACK + "user write 10000\n> P. 1:10001(10000) ack 1\n");
        for (int i = 0; i < 2000; i++) {
            int at = 3 + 4 * i;
            if (at + 1 >= 10001) {
                break;
            }
            t.sack(at, at + 1);
        }
        assertThat(t.connection().sender.board.count())
                .isLessThanOrEqualTo(Scoreboard.MAX_PARTS + 2);
    }

    @Test
    @DisplayName("Super-segments are repaired in part: only what is missing is sent again")
    void superSegmentInPart() {
        new TcpScript(TcpConfig.DEFAULT, 1500, TcpScript.allOffloads())
                .run(
                        SACK
                                + """
                                user write 10000
                                > P. 1:10001(10000) ack 1
                                +0.020
                                < . 1:1(0) ack 3001 win 65535 <sack 4001:10001>
                                +0.006
                                > P. 3001:4001(1000) ack 1
                                """);
    }
}

package dev.jsbx.netstack.tcp;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** FIN-WAIT-1 to TIME-WAIT, CLOSE-WAIT, LAST-ACK, and RST: how connections end. */
class CloseTest {
    private static final String ESTABLISHED =
            """
            < S 0:0(0) win 65535 <mss 1460>
            user accept
            > S. 0:0(0) ack 1
            < . 1:1(0) ack 1 win 65535
            events syn,connected
            """;

    @Test
    @DisplayName("RFC 9293 §3.6, figure 12: this side closes first")
    void activeClose() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                user shutdown
                                > F. 1:1(0) ack 1
                                state FIN_WAIT_1
                                < . 1:1(0) ack 2 win 65535
                                state FIN_WAIT_2
                                < F. 1:1(0) ack 2 win 65535
                                > . 2:2(0) ack 2
                                state TIME_WAIT
                                events finished,closed:FINISHED
                                < F. 1:1(0) ack 2 win 65535
                                > . 2:2(0) ack 2
                                +9.999
                                state TIME_WAIT
                                +0.001
                                state CLOSED
                                """);
    }

    @Test
    @DisplayName("RFC 9293 §3.6: the guest closes first")
    void passiveClose() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                < F. 1:1(0) ack 1 win 65535
                                state CLOSE_WAIT
                                events finished
                                user shutdown
                                > F. 1:1(0) ack 2
                                state LAST_ACK
                                < . 2:2(0) ack 2 win 65535
                                state CLOSED
                                events closed:FINISHED
                                """);
    }

    @Test
    @DisplayName("RFC 9293 §3.6, figure 13: both close at once")
    void simultaneousClose() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                user shutdown
                                > F. 1:1(0) ack 1
                                < F. 1:1(0) ack 1 win 65535
                                > . 2:2(0) ack 2
                                state CLOSING
                                < . 2:2(0) ack 2 win 65535
                                state TIME_WAIT
                                events finished,closed:FINISHED
                                """);
    }

    @Test
    @DisplayName("RFC 9293 §3.6: half-closed, the guest goes on sending")
    void halfCloseByStack() {
        new TcpScript()
                .autoRead()
                .run(
                        ESTABLISHED
                                + """
                                user shutdown
                                > F. 1:1(0) ack 1
                                < . 1:1(0) ack 2 win 65535
                                < P. 1:1001(1000) ack 2 win 65535
                                +0.010
                                > . 2:2(0) ack 1001
                                state FIN_WAIT_2
                                events readable
                                """);
    }

    @Test
    @DisplayName("RFC 9293 §3.6: half-closed, this side goes on sending")
    void halfCloseByGuest() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                < F. 1:1(0) ack 1 win 65535
                                +0.010
                                > . 1:1(0) ack 2
                                user write 3000
                                > . 1:1461(1460) ack 2
                                > . 1461:2921(1460) ack 2
                                > P. 2921:3001(80) ack 2
                                < . 2:2(0) ack 3001 win 65535
                                user shutdown
                                > F. 3001:3001(0) ack 2
                                """);
    }

    @Test
    @DisplayName("RFC 9293 §3.10.4: FIN goes with the last of the queued data")
    void finWithData() {
        new TcpScript()
                .run(
                        ESTABLISHED.replace("65535\nevents", "1460\nevents")
                                + """
                                user write 2000
                                > . 1:1461(1460) ack 1
                                user shutdown
                                state FIN_WAIT_1
                                < . 1:1(0) ack 1461 win 1460
                                > PF. 1461:2001(540) ack 1
                                """);
    }

    @Test
    @DisplayName("RFC 6298: a lost FIN is sent again")
    void finRepeated() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                user shutdown
                                > F. 1:1(0) ack 1
                                +0.2
                                > F. 1:1(0) ack 1
                                +0.4
                                > F. 1:1(0) ack 1
                                < . 1:1(0) ack 2 win 65535
                                state FIN_WAIT_2
                                """);
    }

    @Test
    @DisplayName("Data and FIN out of order: the end is told after the last byte")
    void finOutOfOrder() {
        new TcpScript()
                .autoRead()
                .run(
                        ESTABLISHED
                                + """
                                < F. 101:101(0) ack 1 win 65535
                                > . 1:1(0) ack 1
                                events
                                < P. 1:101(100) ack 1 win 65535
                                > . 1:1(0) ack 102
                                events finished
                                state CLOSE_WAIT
                                """);
    }

    @Test
    @DisplayName("What came before the end is read, though the connection itself is gone")
    void unreadDataSurvivesTheEnd() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                user shutdown
                                > F. 1:1(0) ack 1
                                < PF. 1:501(500) ack 2 win 65535
                                > . 2:2(0) ack 502
                                state TIME_WAIT
                                events readable
                                +10
                                state CLOSED
                                events
                                user read 500
                                events closed:FINISHED
                                """);
    }

    @Test
    @DisplayName("RFC 9293 §3.10.5: abort sends RST")
    void abort() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                user abort
                                > R. 1:1(0) ack 1 win 0
                                events closed:ABORTED
                                < . 1:1(0) ack 1 win 65535
                                > R 1:1(0) win 0
                                """);
    }

    @Test
    @DisplayName("RFC 2525 §2.17: closing with unread data resets")
    void closeWithUnreadData() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                < P. 1:101(100) ack 1 win 65535
                                user close
                                > R. 1:1(0) ack 101 win 0
                                state CLOSED
                                """);
    }

    @Test
    @DisplayName("RFC 1122 §4.2.2.13: data that comes after close resets")
    void dataAfterClose() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                user close
                                > F. 1:1(0) ack 1
                                < P. 1:101(100) ack 2 win 65535
                                > R. 2:2(0) ack 1 win 0
                                state CLOSED
                                """);
    }

    @Test
    @DisplayName("FIN-WAIT-2 that nobody reads ends by itself")
    void orphanedFinWait2() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                user close
                                > F. 1:1(0) ack 1
                                < . 1:1(0) ack 2 win 65535
                                state FIN_WAIT_2
                                +60
                                state CLOSED
                                """);
    }

    @Test
    @DisplayName("RFC 5961 §3.2: RST counts at the exact sequence number only")
    void resets() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                < R 99999:99999(0) win 0
                                < R 2:2(0) win 0
                                > . 1:1(0) ack 1
                                state ESTABLISHED
                                < R 1:1(0) win 0
                                events closed:RESET
                                """);
    }

    @Test
    @DisplayName("RFC 5961 §4.2: SYN in an established connection gets a challenge")
    void synChallenged() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                < S 1:1(0) win 100
                                > . 1:1(0) ack 1
                                < S 0:0(0) win 100
                                > . 1:1(0) ack 1
                                state ESTABLISHED
                                """);
    }

    @Test
    @DisplayName("RFC 5961 §5.2: an acknowledgment of what was never sent gets a challenge")
    void ackOfTheFuture() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                < . 1:1(0) ack 5000 win 100
                                > . 1:1(0) ack 1
                                state ESTABLISHED
                                """);
    }

    @Test
    @DisplayName("RFC 1337: RST does not end TIME-WAIT; a later SYN does (RFC 9293 §3.10.7.4)")
    void timeWait() {
        new TcpScript()
                .run(
                        ESTABLISHED
                                + """
                                user shutdown
                                > F. 1:1(0) ack 1
                                < F. 1:1(0) ack 2 win 65535
                                > . 2:2(0) ack 2
                                events finished,closed:FINISHED
                                < R 2:2(0) win 0
                                state TIME_WAIT
                                < S 1:1(0) win 100
                                > . 2:2(0) ack 2
                                < S 1000:1000(0) win 100
                                events syn
                                state SYN_HELD
                                """);
    }
}

package dev.jsbx.netstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** SYN_HELD, SYN-SENT, SYN-RECEIVED: how connections begin, and how they do not. */
class HandshakeTest {
    @Test
    @DisplayName("RFC 9293 §3.5, figure 6: a SYN is held until somebody accepts it")
    void heldThenAccepted() {
        new TcpScript()
                .run(
                        """
                        < S 0:0(0) win 65535 <mss 1460>
                        events syn
                        state SYN_HELD
                        < S 0:0(0) win 65535 <mss 1460>
                        +1.0
                        < S 0:0(0) win 65535 <mss 1460>
                        events
                        user accept
                        > S. 0:0(0) ack 1 win 65535 <mss 1460>
                        state SYN_RECEIVED
                        < . 1:1(0) ack 1 win 65535
                        state ESTABLISHED
                        events connected
                        """);
    }

    @Test
    @DisplayName("A refused SYN is answered by RST with its acknowledgment")
    void refused() {
        new TcpScript()
                .run(
                        """
                        < S 0:0(0) win 65535 <mss 1460>
                        user refuse
                        > R. 0:0(0) ack 1 win 0
                        state CLOSED
                        """);
    }

    @Test
    @DisplayName("A dropped SYN is answered by nothing, and the next one is a new attempt")
    void ignored() {
        new TcpScript()
                .run(
                        """
                        < S 0:0(0) win 65535 <mss 1460>
                        events syn
                        user ignore
                        < S 0:0(0) win 65535 <mss 1460>
                        events syn
                        """);
    }

    @Test
    @DisplayName("RFC 9293 §3.10.7.4: RST takes a held SYN back; a RST elsewhere does not")
    void withdrawn() {
        new TcpScript()
                .run(
                        """
                        < S 0:0(0) win 65535 <mss 1460>
                        < R 500:500(0) win 0
                        events syn
                        < R 1:1(0) win 0
                        events withdrawn
                        state CLOSED
                        """);
    }

    @Test
    @DisplayName("RFC 7323 §2.2, §3.2 and RFC 2018 §2: options are answered if offered")
    void optionsAgreed() {
        new TcpScript()
                .run(
                        """
                        < S 0:0(0) win 1000 <mss 1460,sackOK,TS val 100 ecr 0,wscale 7>
                        user accept
                        > S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS ecr 100,wscale 5>
                        """);
    }

    @Test
    @DisplayName("RFC 7323 §2.2: no scale and no timestamps unless the SYN has them")
    void optionsNotOffered() {
        TcpScript t =
                new TcpScript()
                        .run(
                                """
                                < S 0:0(0) win 1000 <mss 1000,sackOK>
                                user accept
                                > S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK>
                                < . 1:1(0) ack 1 win 1000
                                """);
        assertThat(t.connection().sender.mss()).isEqualTo(1000);
        assertThat(t.connection().receiver.scale()).isZero();
    }

    @Test
    @DisplayName("RFC 9293 §3.7.1: without an MSS option 536 is meant")
    void defaultMss() {
        TcpScript t =
                new TcpScript()
                        .run(
                                """
                                < S 0:0(0) win 1000
                                user accept
                                > S. 0:0(0) ack 1
                                """);
        assertThat(t.connection().sender.mss()).isEqualTo(536);
    }

    @Test
    @DisplayName("RFC 6298 §5.5: SYN-ACK is repeated with backoff and given up after the last try")
    void synAckRepeated() {
        new TcpScript()
                .run(
                        """
                        < S 0:0(0) win 65535 <mss 1460>
                        user accept
                        > S. 0:0(0) ack 1
                        +0.999
                        +0.001
                        > S. 0:0(0) ack 1
                        +2.0
                        > S. 0:0(0) ack 1
                        +4.0
                        > S. 0:0(0) ack 1
                        +8.0
                        > S. 0:0(0) ack 1
                        +16.0
                        > S. 0:0(0) ack 1
                        +32.0
                        state CLOSED
                        events syn,closed:TIMED_OUT
                        """);
    }

    @Test
    @DisplayName("RFC 9293 §3.10.7.4, first: the SYN again means that SYN-ACK was lost")
    void synRepeated() {
        new TcpScript()
                .run(
                        """
                        < S 0:0(0) win 65535 <mss 1460>
                        user accept
                        > S. 0:0(0) ack 1
                        < S 0:0(0) win 65535 <mss 1460>
                        > S. 0:0(0) ack 1
                        """);
    }

    @Test
    @DisplayName("RFC 9293 §3.10.7.4, fifth: a wrong acknowledgment in SYN-RECEIVED gets RST")
    void wrongAckOfSynAck() {
        new TcpScript()
                .run(
                        """
                        < S 0:0(0) win 65535 <mss 1460>
                        user accept
                        > S. 0:0(0) ack 1
                        < . 1:1(0) ack 7 win 65535
                        > R 7:7(0) win 0
                        state SYN_RECEIVED
                        """);
    }

    @Test
    @DisplayName("RFC 9293 §3.10.7.1: what belongs to no connection gets RST, a RST nothing")
    void noConnection() {
        new TcpScript()
                .run(
                        """
                        < R 5:5(0) win 0
                        < . 5:5(0) ack 0 win 100
                        > R 0:0(0) win 0
                        < F 5:5(0) win 100
                        > R. 0:0(0) ack 6 win 0
                        < SF 5:5(0) win 100
                        > R. 0:0(0) ack 7 win 0
                        """);
    }

    @Test
    @DisplayName("Data and FIN may come with the handshake's last acknowledgment")
    void dataWithAck() {
        new TcpScript()
                .autoRead()
                .run(
                        """
                        < S 0:0(0) win 65535 <mss 1460>
                        user accept
                        > S. 0:0(0) ack 1
                        < PF. 1:101(100) ack 1 win 65535
                        > . 1:1(0) ack 102
                        state CLOSE_WAIT
                        events syn,connected,finished
                        """);
    }

    @Test
    @DisplayName("RFC 9293 §3.10.7.3: active open")
    void activeOpen() {
        new TcpScript()
                .run(
                        """
                        user connect
                        > S 0:0(0) win 65535 <mss 1460,sackOK,TS ecr 0,wscale 5>
                        state SYN_SENT
                        < S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS val 9 ecr 0,wscale 3>
                        > . 1:1(0) ack 1 win 32768 <TS ecr 9>
                        state ESTABLISHED
                        events connected
                        """);
    }

    @Test
    @DisplayName("RFC 9293 §3.10.7.3: RST refuses an active open if it acknowledges the SYN")
    void activeOpenRefused() {
        new TcpScript()
                .run(
                        """
                        user connect
                        > S 0:0(0)
                        < R 0:0(0) win 0
                        state SYN_SENT
                        < R. 0:0(0) ack 1 win 0
                        events closed:REFUSED
                        """);
    }

    @Test
    @DisplayName("RFC 9293 §3.10.7.3: an old acknowledgment in SYN-SENT gets RST")
    void activeOpenOldAck() {
        new TcpScript()
                .run(
                        """
                        user connect
                        > S 0:0(0)
                        < . 50:50(0) ack 77 win 100
                        > R 77:77(0) win 0
                        state SYN_SENT
                        """);
    }

    @Test
    @DisplayName("RFC 9293 §3.5, figure 8: both sides open at once")
    void simultaneousOpen() {
        new TcpScript()
                .run(
                        """
                        user connect
                        > S 0:0(0)
                        < S 0:0(0) win 1000 <mss 1460>
                        > S. 0:0(0) ack 1
                        state SYN_RECEIVED
                        < S. 0:0(0) ack 1 win 1000 <mss 1460>
                        > . 1:1(0) ack 1
                        state ESTABLISHED
                        events connected
                        """);
    }

    @Test
    @DisplayName("A flood of SYNs ends at the bound; freed places are used again")
    void floodBounded() {
        TcpScript t = new TcpScript(TcpConfig.DEFAULT.withBounds(100, 1, 1 << 20), 1500, 0);
        t.run(
                """
                < S 0:0(0) win 65535 <mss 1460>
                events syn
                """);
        assertThat(t.stack.halfOpen()).isEqualTo(1);
        t.run(
                """
                user accept
                > S. 0:0(0) ack 1
                < . 1:1(0) ack 1 win 1000
                """);
        assertThat(t.stack.halfOpen()).isZero();
    }
}

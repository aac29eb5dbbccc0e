package dev.jsbx.vmm.serial;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Serial16550Test {
    private static final int DATA = 0;
    private static final int IER = 1;
    private static final int IIR = 2;
    private static final int FCR = 2;
    private static final int LCR = 3;
    private static final int MCR = 4;
    private static final int LSR = 5;
    private static final int MSR = 6;
    private static final int SCR = 7;

    private int interrupts;
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final Serial16550 port = new Serial16550(() -> interrupts++, sent::write);

    private int in(int register) {
        return (int) port.read(register, 1);
    }

    private void out(int register, int value) {
        port.write(register, 1, value);
    }

    private int receive(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return port.receive(bytes, 0, bytes.length);
    }

    @Test
    void whatTheGuestWritesIsSent() {
        for (char c : "earlycon".toCharArray()) {
            assertThat(in(LSR) & 0x20).as("holding register empty").isNotZero();
            out(DATA, c);
        }
        assertThat(sent).hasToString("earlycon");
        assertThat(interrupts).isZero();
    }

    @Test
    void whatIsReceivedIsReadInOrder() {
        assertThat(in(LSR) & 1).isZero();
        assertThat(receive("ab")).isEqualTo(2);
        assertThat(in(LSR) & 1).isOne();
        assertThat(in(DATA)).isEqualTo('a');
        assertThat(in(DATA)).isEqualTo('b');
        assertThat(in(LSR) & 1).isZero();
        assertThat(in(DATA)).isZero();
    }

    @Test
    void receivingInterruptsIfTheGuestWantsThat() {
        receive("a");
        assertThat(interrupts).isZero();
        assertThat(in(IIR)).isEqualTo(1);
        out(IER, 1);
        assertThat(interrupts).as("what had come before").isOne();
        assertThat(in(IIR)).isEqualTo(4);
        in(DATA);
        assertThat(in(IIR)).isEqualTo(1);
        receive("b");
        assertThat(interrupts).isEqualTo(2);
    }

    @Test
    void theTransmitterInterruptsOnceUntilItIsAcknowledged() {
        out(IER, 2);
        assertThat(interrupts).as("it is empty from the start").isOne();
        assertThat(in(IIR)).isEqualTo(2);
        assertThat(in(IIR)).as("reading acknowledges").isEqualTo(1);
        for (int i = 0; i < 16; i++) {
            out(DATA, 'x');
        }
        assertThat(interrupts).as("one for the whole FIFO").isEqualTo(2);
        assertThat(in(IIR)).isEqualTo(2);
        out(DATA, 'x');
        assertThat(interrupts).isEqualTo(3);
    }

    @Test
    void receivedDataComesBeforeAnEmptyTransmitter() {
        out(IER, 3);
        receive("a");
        assertThat(in(IIR)).isEqualTo(4);
        in(DATA);
        assertThat(in(IIR)).isEqualTo(2);
        assertThat(in(IIR)).isEqualTo(1);
    }

    @Test
    void theFifoIsAnnouncedWhenItIsOn() {
        out(FCR, 1);
        assertThat(in(IIR)).isEqualTo(0xc1);
        receive("abc");
        out(FCR, 3);
        assertThat(in(LSR) & 1).as("the receiver is cleared").isZero();
        out(FCR, 0);
        assertThat(in(IIR)).isEqualTo(1);
    }

    @Test
    void theDivisorHidesDataAndInterruptEnable() {
        out(IER, 5);
        out(LCR, 0x83);
        out(DATA, 0x34);
        out(IER, 0x12);
        assertThat(in(DATA)).isEqualTo(0x34);
        assertThat(in(IER)).isEqualTo(0x12);
        out(LCR, 3);
        assertThat(in(IER)).isEqualTo(5);
        assertThat(in(LCR)).isEqualTo(3);
        assertThat(sent.size()).isZero();
    }

    /** What Linux does to find out whether there is a port ({@code autoconfig} in 8250_port.c). */
    @Test
    void linuxFindsA16550A() {
        out(IER, 0);
        assertThat(in(IER) & 0xf).isZero();
        out(IER, 0xf);
        assertThat(in(IER) & 0xf).isEqualTo(0xf);
        out(IER, 0);
        out(MCR, 0x10 | 0x0a);
        assertThat(in(MSR) & 0xf0).isEqualTo(0x90);
        out(MCR, 0x08);
        assertThat(in(MSR) & 0xf0).isEqualTo(0xb0);
        out(FCR, 1);
        assertThat(in(IIR) >> 6).isEqualTo(3);
        out(SCR, 0x5a);
        assertThat(in(SCR)).isEqualTo(0x5a);
    }

    @Test
    void inLoopbackWhatIsSentIsReceived() {
        out(IER, 1);
        out(MCR, 0x10);
        out(DATA, 'l');
        assertThat(sent.size()).isZero();
        assertThat(receive("from outside")).isZero();
        assertThat(interrupts).isOne();
        assertThat(in(DATA)).isEqualTo('l');
        for (int i = 0; i < 10_000; i++) {
            out(DATA, i);
        }
        assertThat(in(DATA)).as("a full receiver drops").isZero();
    }

    @Test
    void aGuestThatDoesNotReadTakesOnlySoMuch() {
        byte[] much = new byte[Serial16550.CAPACITY + 10];
        assertThat(port.receive(much, 0, much.length)).isEqualTo(Serial16550.CAPACITY);
        assertThat(port.receive(much, 0, 1)).isZero();
        in(DATA);
        assertThat(port.receive(much, 0, 2)).isOne();
    }

    @Test
    void aRestoredPortGoesOnAndRepeatsAPendingInterrupt() {
        out(LCR, 0x83);
        out(DATA, 1);
        out(LCR, 3);
        out(MCR, 0xb);
        out(FCR, 1);
        out(IER, 3);
        out(DATA, 'x');
        receive("unread");
        SerialState state = port.save();

        int[] raised = new int[1];
        Serial16550 restored = new Serial16550(() -> raised[0]++, data -> {});
        restored.restore(state);
        assertThat(raised[0]).isOne();
        assertThat(restored.save()).usingRecursiveComparison().isEqualTo(state);
        assertThat(restored.read(IIR, 1)).isEqualTo(0xc4);
        assertThat(restored.read(DATA, 1)).isEqualTo('u');
    }

    @Test
    void aRestoredPortWithNothingPendingKeepsQuiet() {
        out(IER, 3);
        in(IIR);
        int[] raised = new int[1];
        Serial16550 restored = new Serial16550(() -> raised[0]++, data -> {});
        restored.restore(port.save());
        assertThat(raised[0]).isZero();
    }
}

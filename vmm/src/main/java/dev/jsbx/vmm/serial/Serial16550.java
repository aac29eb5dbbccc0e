package dev.jsbx.vmm.serial;

import dev.jsbx.vmm.bus.BusDevice;
import dev.jsbx.vmm.bus.InterruptLine;

/**
 * A 16550A serial port (National Semiconductor PC16550D data sheet). Sending takes no time: the
 * transmitter is always empty. Its interrupt is edge-triggered, as ISA's are: it is raised when a
 * cause arises, not while one lasts. Safe for several threads.
 */
public final class Serial16550 implements BusDevice {
    /** COM1's first port. */
    public static final int COM1 = 0x3f8;

    /** How many ports. */
    public static final int LENGTH = 8;

    /** COM1's interrupt. */
    public static final int COM1_GSI = 4;

    /** Bytes that wait for the guest at most; more than the chip's 16, so that pasting works. */
    public static final int CAPACITY = 4096;

    // Registers, by offset; 0 and 1 are the divisor while LCR_DLAB is set.
    private static final int DATA = 0;
    private static final int IER = 1;
    private static final int IIR_FCR = 2;
    private static final int LCR = 3;
    private static final int MCR = 4;
    private static final int LSR = 5;
    private static final int MSR = 6;
    private static final int SCR = 7;

    private static final int IER_RECEIVED = 0x01;
    private static final int IER_TRANSMITTER_EMPTY = 0x02;
    private static final int IER_MASK = 0x0f;
    private static final int IIR_NONE = 0x01;
    private static final int IIR_TRANSMITTER_EMPTY = 0x02;
    private static final int IIR_RECEIVED = 0x04;
    private static final int IIR_FIFO = 0xc0;
    private static final int FCR_ENABLE = 0x01;
    private static final int FCR_CLEAR_RECEIVER = 0x02;
    private static final int FCR_KEPT = 0xc9; // enable, DMA mode, trigger level
    private static final int LCR_DLAB = 0x80;
    private static final int MCR_DTR = 0x01;
    private static final int MCR_RTS = 0x02;
    private static final int MCR_OUT1 = 0x04;
    private static final int MCR_OUT2 = 0x08;
    private static final int MCR_LOOP = 0x10;
    private static final int MCR_MASK = 0x1f;
    private static final int LSR_DATA_READY = 0x01;
    private static final int LSR_TRANSMITTER_EMPTY = 0x60; // holding and shift register
    private static final int MSR_CTS = 0x10;
    private static final int MSR_DSR = 0x20;
    private static final int MSR_RI = 0x40;
    private static final int MSR_DCD = 0x80;

    /** 115200 divided by this is the baud rate; nobody minds which. */
    private static final int DIVISOR_9600 = 12;

    private final InterruptLine interrupt;
    private final SerialSink sink;

    // All under the monitor.
    private final byte[] received = new byte[CAPACITY];
    private int head;
    private int count;
    private int ier;
    private int fcr;
    private int lcr = 3; // 8 bits, no parity
    private int mcr = MCR_OUT2;
    private int scr;
    private int divisor = DIVISOR_9600;
    private boolean transmitterEmpty;

    /**
     * @param interrupt raised for the guest
     * @param sink gets what the guest sends
     */
    public Serial16550(InterruptLine interrupt, SerialSink sink) {
        this.interrupt = interrupt;
        this.sink = sink;
    }

    /**
     * Bytes for the guest to read.
     *
     * @return how many were taken; fewer than {@code length} if the guest is slow to read
     */
    public synchronized int receive(byte[] data, int offset, int length) {
        int taken = 0;
        if ((mcr & MCR_LOOP) == 0) {
            while (taken < length && count < CAPACITY) {
                push(data[offset + taken++]);
            }
            interruptIfReceived(taken);
        }
        return taken;
    }

    private void push(byte data) {
        received[(head + count++) % CAPACITY] = data;
    }

    private void interruptIfReceived(int taken) {
        if (taken > 0 && (ier & IER_RECEIVED) != 0) {
            interrupt.raise();
        }
    }

    @Override
    public synchronized long read(long offset, int size) {
        boolean divisorLatch = (lcr & LCR_DLAB) != 0;
        return switch ((int) offset) {
            case DATA -> divisorLatch ? divisor & 0xff : pull();
            case IER -> divisorLatch ? divisor >> 8 : ier;
            case IIR_FCR -> identify();
            case LCR -> lcr;
            case MCR -> mcr;
            case LSR -> LSR_TRANSMITTER_EMPTY | (count > 0 ? LSR_DATA_READY : 0);
            case MSR -> modemStatus();
            default -> scr;
        };
    }

    private int pull() {
        if (count == 0) {
            return 0;
        }
        byte data = received[head];
        head = (head + 1) % CAPACITY;
        count--;
        return Byte.toUnsignedInt(data);
    }

    /** The pending cause of highest priority; naming the transmitter's takes it back. */
    private int identify() {
        int fifo = (fcr & FCR_ENABLE) != 0 ? IIR_FIFO : 0;
        if (count > 0 && (ier & IER_RECEIVED) != 0) {
            return fifo | IIR_RECEIVED;
        }
        if (transmitterEmpty && (ier & IER_TRANSMITTER_EMPTY) != 0) {
            transmitterEmpty = false;
            return fifo | IIR_TRANSMITTER_EMPTY;
        }
        return fifo | IIR_NONE;
    }

    private int modemStatus() {
        if ((mcr & MCR_LOOP) == 0) {
            return MSR_CTS | MSR_DSR | MSR_DCD; // somebody is there and listens
        }
        return ((mcr & MCR_DTR) != 0 ? MSR_DSR : 0)
                | ((mcr & MCR_RTS) != 0 ? MSR_CTS : 0)
                | ((mcr & MCR_OUT1) != 0 ? MSR_RI : 0)
                | ((mcr & MCR_OUT2) != 0 ? MSR_DCD : 0);
    }

    @Override
    public synchronized void write(long offset, int size, long value) {
        int data = (int) value & 0xff;
        boolean divisorLatch = (lcr & LCR_DLAB) != 0;
        switch ((int) offset) {
            case DATA -> {
                if (divisorLatch) {
                    divisor = divisor & 0xff00 | data;
                } else {
                    transmit((byte) data);
                }
            }
            case IER -> {
                if (divisorLatch) {
                    divisor = divisor & 0xff | data << 8;
                } else {
                    enableInterrupts(data & IER_MASK);
                }
            }
            case IIR_FCR -> {
                if ((data & FCR_CLEAR_RECEIVER) != 0) {
                    count = 0;
                }
                fcr = data & FCR_KEPT;
            }
            case LCR -> lcr = data;
            case MCR -> mcr = data & MCR_MASK;
            case SCR -> scr = data;
            default -> {} // the status registers are read-only
        }
    }

    private void transmit(byte data) {
        if ((mcr & MCR_LOOP) != 0) {
            if (count < CAPACITY) {
                push(data);
                interruptIfReceived(1);
            }
        } else {
            sink.send(data);
        }
        // Full for no time at all, then empty again: a cause if the last one was acknowledged.
        boolean pending = transmitterEmpty;
        transmitterEmpty = true;
        if (!pending && (ier & IER_TRANSMITTER_EMPTY) != 0) {
            interrupt.raise();
        }
    }

    private void enableInterrupts(int enabled) {
        int added = enabled & ~ier;
        ier = enabled;
        if ((added & IER_TRANSMITTER_EMPTY) != 0) {
            transmitterEmpty = true; // it is, and the chip says so when it is asked to
            interrupt.raise();
        } else if ((added & IER_RECEIVED) != 0) {
            interruptIfReceived(count);
        }
    }

    /** Its state; the guest is paused. */
    public synchronized SerialState save() {
        byte[] waiting = new byte[count];
        for (int i = 0; i < count; i++) {
            waiting[i] = received[(head + i) % CAPACITY];
        }
        return new SerialState(ier, fcr, lcr, mcr, scr, divisor, transmitterEmpty, waiting);
    }

    /**
     * Takes a saved state over. An interrupt that was pending is raised again: the edge may have
     * been lost with the old machine, and the guest would wait for it for ever.
     */
    public synchronized void restore(SerialState state) {
        ier = state.ier() & IER_MASK;
        fcr = state.fcr() & FCR_KEPT;
        lcr = state.lcr() & 0xff;
        mcr = state.mcr() & MCR_MASK;
        scr = state.scr() & 0xff;
        divisor = state.divisor() & 0xffff;
        transmitterEmpty = state.transmitterEmpty();
        head = 0;
        count = Math.min(state.received().length, CAPACITY);
        System.arraycopy(state.received(), 0, received, 0, count);
        boolean sent = transmitterEmpty && (ier & IER_TRANSMITTER_EMPTY) != 0;
        if (sent || count > 0 && (ier & IER_RECEIVED) != 0) {
            interrupt.raise();
        }
    }
}

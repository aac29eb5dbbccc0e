package dev.jsbx.netstack.udp;

import dev.jsbx.netstack.ip.Tuple;
import dev.jsbx.netstack.time.Timer;

/** One flow of datagrams. For the stack's event loop only. */
public final class UdpFlow extends Tuple {
    private final UdpStack stack;
    final Timer timer = new Timer(this::silent);
    UdpReceiver receiver;
    long lastAt;
    private long idle;
    private long received;
    private long sent;
    private boolean closed;

    UdpFlow(
            UdpStack stack,
            long idle,
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort) {
        super(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
        this.stack = stack;
        this.idle = idle;
    }

    void touch(long now) {
        lastAt = now;
        // Put off only: the queue moves the timer when the old deadline comes up.
        stack.timers().arm(timer, now + idle);
    }

    void received(int bytes) {
        received += bytes;
    }

    /**
     * Sends datagrams to the guest.
     *
     * @param batch of at most 65507 bytes each; one with more is dropped
     */
    public void send(UdpBatch batch) {
        if (!closed) {
            sent += stack.send(this, batch);
        }
    }

    /** How many datagrams of a size the guest takes as one frame. */
    int batchSize(int length) {
        return stack.batchSize(isIpv4(), length);
    }

    /** How long the flow may be silent from now on, in µs. */
    public void setIdle(long micros) {
        idle = micros;
        touch(stack.now());
    }

    /** Payload bytes from the guest. */
    public long bytesReceived() {
        return received;
    }

    /** Payload bytes to the guest. */
    public long bytesSent() {
        return sent;
    }

    /** Forgets the flow; its receiver hears nothing more. */
    public void close() {
        if (!closed) {
            closed = true;
            stack.forget(this);
        }
    }

    private void silent() {
        expire();
    }

    void expire() {
        if (!closed) {
            close();
            receiver.expired();
        }
    }
}

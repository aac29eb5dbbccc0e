package dev.jsbx.image.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;

/**
 * A connection to the guest agent: any number of control requests, then at most one session. The
 * protocol is described in {@code protocol.h}.
 *
 * <p>There are no timeouts in here: closing the connection, from any thread, makes whatever waits
 * on it fail. Control requests are for one thread at a time.
 */
public final class AgentConnection implements AutoCloseable {
    private static final int ESRCH = 3;
    private static final int EINTR = 4;

    private final ByteChannel channel;
    private final FrameReader reader;
    private final FrameWriter writer;
    private volatile Hello hello;

    /**
     * Takes over a connected channel, in blocking mode: one that {@link HybridVsock#connect} made,
     * or one that the guest opened to the host to say that it is ready.
     */
    public AgentConnection(ByteChannel channel) {
        this.channel = channel;
        this.reader = new FrameReader(channel);
        this.writer = new FrameWriter(channel);
    }

    /** Connects to the agent through the vsock device's Unix socket. */
    public static AgentConnection connect(Path vsock) throws IOException {
        return new AgentConnection(HybridVsock.connect(vsock, Protocol.PORT));
    }

    /**
     * Waits until the guest is ready.
     *
     * @throws AgentException if it could not be set up, with the reason
     */
    public Hello hello() throws IOException {
        if (hello == null) {
            Frame frame = reader.next();
            if (frame.type() == Protocol.FAILED) {
                throw new AgentException("the guest could not start: " + frame.text());
            }
            if (frame.type() != Protocol.HELLO) {
                throw new AgentException("guest agent: says no hello");
            }
            hello = Hello.from(frame);
        }
        return hello;
    }

    Frame nextAfterHello() throws IOException {
        hello();
        return reader.next();
    }

    /** Whether the agent answers: returns when it has. */
    public void ping() throws IOException {
        request(Protocol.PING, new Payload());
    }

    /** Sets the guest's wall clock. */
    public void setClock(Instant now) throws IOException {
        long ns =
                Math.addExact(
                        Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
        request(Protocol.CLOCK, new Payload().u64(ns));
    }

    /** Gives the guest's kernel fresh entropy, and has it reseed: needed after a restore. */
    public void addEntropy() throws IOException {
        byte[] seed = new byte[64];
        new SecureRandom().nextBytes(seed);
        request(Protocol.ENTROPY, new Payload().raw(seed));
    }

    /** Has the guest write all of its file systems out. */
    public void sync() throws IOException {
        request(Protocol.SYNC, new Payload());
    }

    /** Mounts a virtio-fs share. */
    public void mount(String tag, String path, boolean readOnly) throws IOException {
        int flags = readOnly ? Protocol.MOUNT_READ_ONLY : 0;
        request(Protocol.MOUNT, new Payload().u32(flags).text(tag).text(path));
    }

    public void setHostname(String name) throws IOException {
        request(Protocol.HOSTNAME, new Payload().text(name));
    }

    /**
     * Whether a thread of the guest sleeps on in spite of a signal, as one does that waits for the
     * reply of a FUSE server.
     */
    public boolean sleepsThroughSignal(int thread) throws IOException {
        try {
            request(Protocol.SLEEPER, new Payload().u32(thread));
            return false;
        } catch (AgentException e) {
            if (e.errno() == EINTR) {
                return true;
            }
            if (e.errno() == ESRCH) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Ends the guest: SIGTERM to all processes, SIGKILL after the grace, disks written out, power
     * off. Returns as soon as the agent has understood.
     */
    public void powerOff(Duration grace) throws IOException {
        shutdown(Protocol.POWER_OFF, grace);
    }

    /** The same, but the guest starts again. */
    public void reboot(Duration grace) throws IOException {
        shutdown(Protocol.REBOOT, grace);
    }

    private void shutdown(int how, Duration grace) throws IOException {
        int ms = (int) Math.min(Integer.MAX_VALUE, grace.toMillis());
        request(Protocol.SHUTDOWN, new Payload().u32(how).u32(ms));
    }

    /** Starts a command. The request leaves at once, even if the guest is still booting. */
    public Session exec(ExecRequest request) throws IOException {
        return session(Protocol.EXEC, request.payload());
    }

    /**
     * Reads a file or directory tree of the guest as a tar archive from the session's output; names
     * in it begin with the path's last component.
     */
    public Session tarOut(String user, String path) throws IOException {
        return session(Protocol.TAR_OUT, new Payload().text(user).text(path));
    }

    /** Unpacks the tar archive that is written to the session's input below a directory. */
    public Session tarIn(String user, String directory) throws IOException {
        return session(Protocol.TAR_IN, new Payload().text(user).text(directory));
    }

    private Session session(int type, Payload payload) throws IOException {
        writer.send(type, 0, payload.buffer());
        reader.readAhead();
        return new Session(this, writer);
    }

    /**
     * Connects to a TCP port from within the guest. The connection, this object's, is a raw stream
     * from then on, with half-close both ways.
     *
     * @param host an address of the guest; empty for its loopback
     * @throws AgentException if the guest refused, with its errno
     */
    public ByteChannel forward(String host, int port) throws IOException {
        request(Protocol.FORWARD, new Payload().u16(port).text(host));
        return channel;
    }

    private void request(int type, Payload payload) throws IOException {
        ByteBuffer bytes = payload.buffer();
        writer.send(type, 0, bytes);
        Frame frame = nextAfterHello();
        if (frame.type() != Protocol.DONE) {
            throw new AgentException("guest agent: unexpected frame " + frame.type());
        }
        int errno = frame.u32();
        String message = frame.text();
        if (errno != 0) {
            throw new AgentException(errno, "guest agent: " + message);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed for us, and the agent notices on its own.
        }
    }
}

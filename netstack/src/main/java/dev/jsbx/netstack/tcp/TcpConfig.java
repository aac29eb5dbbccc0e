package dev.jsbx.netstack.tcp;

/**
 * Limits and times of a TCP layer. Times in µs, sizes in bytes.
 *
 * @param maxConnections of all states together, TIME-WAIT included
 * @param maxHalfOpen SYNs that are held or answered but not yet confirmed; more are ignored. There
 *     are no SYN cookies: each SYN costs a connection on the host's side before it is answered, so
 *     the number of those has to be bounded anyway
 * @param receiveBuffer the largest window of one connection, at most 1 GiB
 * @param sendBuffer bytes that one connection takes from its writer ahead of their acknowledgment
 * @param memory that the buffers of all connections may take together; close to it windows shrink
 * @param minRto RFC 6298 §2.4 has 1 s; Linux' 200 ms fits a link that is one hop long
 * @param maxRto at least 60 s (RFC 6298 §2.5)
 * @param delayedAck how long an acknowledgment may wait, below 500 ms (RFC 9293 §3.8.6.3)
 * @param synRetries of SYN or SYN-ACK until the handshake is given up
 * @param dataRetries of one segment until the connection is given up (R2 of RFC 9293 §3.8.3)
 * @param timeWait RFC 9293 §3.4.2 has 4 min for the Internet's MSL; behind one hop nothing stays
 *     under way for longer than this
 * @param finWait2 how long to wait for the other side's FIN when nobody reads any more
 * @param keepAliveIdle silence after which the other side is asked whether it lives
 * @param keepAliveInterval between further questions
 * @param keepAliveProbes unanswered questions until the connection is given up
 */
public record TcpConfig(
        int maxConnections,
        int maxHalfOpen,
        int receiveBuffer,
        int sendBuffer,
        long memory,
        long minRto,
        long maxRto,
        long delayedAck,
        int synRetries,
        int dataRetries,
        long timeWait,
        long finWait2,
        long keepAliveIdle,
        long keepAliveInterval,
        int keepAliveProbes) {

    private static final long MS = 1000;
    private static final long SECOND = 1_000_000;

    /** What one sandbox needs. */
    public static final TcpConfig DEFAULT =
            new TcpConfig(
                    8192,
                    512,
                    1 << 20,
                    1 << 20,
                    256L << 20,
                    200 * MS,
                    60 * SECOND,
                    10 * MS,
                    5,
                    15,
                    10 * SECOND,
                    60 * SECOND,
                    7200 * SECOND,
                    75 * SECOND,
                    9);

    public TcpConfig {
        if (maxConnections < 1 || maxHalfOpen < 1) {
            throw new IllegalArgumentException("room for no connection");
        }
        if (receiveBuffer < 4096 || receiveBuffer > 1 << 30 || sendBuffer < 4096) {
            throw new IllegalArgumentException("buffers from 4 KiB to 1 GiB");
        }
    }

    /** The same with other buffers. */
    public TcpConfig withBuffers(int receive, int send) {
        return new TcpConfig(
                maxConnections,
                maxHalfOpen,
                receive,
                send,
                memory,
                minRto,
                maxRto,
                delayedAck,
                synRetries,
                dataRetries,
                timeWait,
                finWait2,
                keepAliveIdle,
                keepAliveInterval,
                keepAliveProbes);
    }

    /** The same with another time in TIME-WAIT. */
    public TcpConfig withTimeWait(long micros) {
        return new TcpConfig(
                maxConnections,
                maxHalfOpen,
                receiveBuffer,
                sendBuffer,
                memory,
                minRto,
                maxRto,
                delayedAck,
                synRetries,
                dataRetries,
                micros,
                finWait2,
                keepAliveIdle,
                keepAliveInterval,
                keepAliveProbes);
    }

    /** The same with other bounds on connections. */
    public TcpConfig withBounds(int connections, int halfOpen, long bytes) {
        return new TcpConfig(
                connections,
                halfOpen,
                receiveBuffer,
                sendBuffer,
                bytes,
                minRto,
                maxRto,
                delayedAck,
                synRetries,
                dataRetries,
                timeWait,
                finWait2,
                keepAliveIdle,
                keepAliveInterval,
                keepAliveProbes);
    }

    /** The shift that lets {@link #receiveBuffer} be advertised (RFC 7323 §2.2). */
    int windowScale() {
        int shift = 0;
        while (65535 << shift < receiveBuffer) {
            shift++;
        }
        return shift;
    }
}

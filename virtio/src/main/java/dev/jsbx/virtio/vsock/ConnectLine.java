package dev.jsbx.virtio.vsock;

/**
 * What a process of the host says first: {@code CONNECT <port>\n}. Fed byte by byte, since what
 * follows the line belongs to the guest.
 */
final class ConnectLine {
    private static final String WORD = "CONNECT ";
    private static final long MAX_PORT = 0xffffffffL;
    private static final int MAX_DIGITS = 10;

    private int position;
    private int digits;
    private long port;
    private boolean malformed;
    private boolean complete;

    /** Takes the next byte, and says whether more are wanted. */
    boolean feed(byte b) {
        char c = (char) (b & 0xff);
        if (position < WORD.length()) {
            malformed = c != WORD.charAt(position++);
        } else if (c == '\n') {
            complete = digits > 0;
            malformed = !complete;
        } else if (c >= '0' && c <= '9' && digits < MAX_DIGITS) {
            port = port * 10 + (c - '0');
            digits++;
            malformed = port > MAX_PORT;
        } else {
            malformed = true;
        }
        return !malformed && !complete;
    }

    /** Whether the line is there, and well-formed. */
    boolean isComplete() {
        return complete;
    }

    /** The port that is wanted, as an unsigned 32-bit number. */
    int port() {
        return (int) port;
    }
}

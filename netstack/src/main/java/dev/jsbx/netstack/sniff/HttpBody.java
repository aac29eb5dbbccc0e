package dev.jsbx.netstack.sniff;

import io.netty.buffer.ByteBuf;

/** Follows the body of an HTTP/1 message to its end (RFC 9112 §6, §7) without keeping any of it. */
public final class HttpBody {
    /** The length of a body that comes in chunks. */
    public static final long CHUNKED = -1;

    private static final int MAX_SIZE_DIGITS = 15;
    private static final int MAX_EXTENSION = 4096;
    private static final int MAX_TRAILERS = 16 * 1024;

    private enum State {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER_START,
        TRAILER_NAME,
        TRAILER_VALUE,
        TRAILER_LF,
        END_LF,
        OVER,
        BROKEN
    }

    private final boolean chunked;
    private State state;
    private long left;
    private int count;

    /**
     * @param length in bytes, or {@link #CHUNKED}
     */
    public HttpBody(long length) {
        chunked = length == CHUNKED;
        left = chunked ? 0 : length;
        state = chunked ? State.SIZE : length == 0 ? State.OVER : State.DATA;
    }

    /**
     * How many of the readable bytes belong to the body; none are read. The next call is to be made
     * with what stands behind them.
     */
    public int take(ByteBuf in) {
        int at = in.readerIndex();
        while (at < in.writerIndex() && state != State.OVER && state != State.BROKEN) {
            if (state == State.DATA) {
                int data = (int) Math.min(left, in.writerIndex() - at);
                at += data;
                left -= data;
                if (left == 0) {
                    state = chunked ? State.DATA_CR : State.OVER;
                }
            } else {
                state = next(in.getUnsignedByte(at));
                at++;
            }
        }
        return at - in.readerIndex();
    }

    private State next(int c) {
        return switch (state) {
            case SIZE -> size(c);
            case EXTENSION -> c == '\r' ? State.SIZE_LF : text(c, MAX_EXTENSION, State.EXTENSION);
            case SIZE_LF -> c == '\n' ? sized() : State.BROKEN;
            case DATA_CR -> c == '\r' ? State.DATA_LF : State.BROKEN;
            case DATA_LF -> begin(c);
            case TRAILER_START -> c == '\r' ? State.END_LF : name(c);
            case TRAILER_NAME -> c == ':' ? State.TRAILER_VALUE : name(c);
            case TRAILER_VALUE ->
                    c == '\r' ? State.TRAILER_LF : text(c, MAX_TRAILERS, State.TRAILER_VALUE);
            case TRAILER_LF -> c == '\n' ? State.TRAILER_START : State.BROKEN;
            case END_LF -> c == '\n' ? State.OVER : State.BROKEN;
            case DATA, OVER, BROKEN -> state;
        };
    }

    private State begin(int c) {
        left = 0;
        count = 0;
        return c == '\n' ? State.SIZE : State.BROKEN;
    }

    private State size(int c) {
        int digit = c < 0x80 ? Character.digit(c, 16) : -1;
        if (digit >= 0 && count < MAX_SIZE_DIGITS) {
            count++;
            left = left << 4 | digit;
            return State.SIZE;
        }
        if (count == 0 || digit >= 0) {
            return State.BROKEN;
        }
        count = 0;
        return c == '\r' ? State.SIZE_LF : c == ';' ? State.EXTENSION : State.BROKEN;
    }

    private State sized() {
        count = 0;
        return left == 0 ? State.TRAILER_START : State.DATA;
    }

    private State name(int c) {
        return HttpScan.isToken(c) ? text(c, MAX_TRAILERS, State.TRAILER_NAME) : State.BROKEN;
    }

    private State text(int c, int max, State same) {
        boolean control = c < ' ' && c != '\t' || c == 0x7f;
        return control || ++count > max ? State.BROKEN : same;
    }

    /** Whether its last byte was taken. */
    public boolean isOver() {
        return state == State.OVER;
    }

    /** Whether nobody can tell where it ends. */
    public boolean isBroken() {
        return state == State.BROKEN;
    }
}

package dev.jsbx.netstack.sniff;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Follows the answers on a connection, to know which request is answered and when a server has gone
 * over to another protocol. Reads as strictly as requests are read; answers of which it cannot tell
 * where they end are passed on all the same, but then nothing more is known.
 */
public final class HttpResponses {
    private static final Pattern STATUS =
            Pattern.compile("HTTP/1\\.[01] ([1-9][0-9]{2})(?: [^\\r\\n]*)?\\r\\n");
    private static final int SWITCHING = 101;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    /** What is known of the server's side. */
    public enum State {
        /** It answers requests. */
        HTTP,
        /** It has agreed to what the last request asked for: what follows is no longer HTTP. */
        TUNNEL,
        /** Nobody can tell any more. */
        UNKNOWN
    }

    private final Deque<Sniffed.Http> waiting = new ArrayDeque<>();
    private final ByteBuf head = Unpooled.buffer(256);
    private State state = State.HTTP;
    private HttpBody body;
    private int lineStart;
    private long answered;

    /** A request is on its way to the server. */
    public void expect(Sniffed.Http request) {
        if (state != State.UNKNOWN) {
            waiting.add(request);
        }
    }

    /** Looks at bytes of the server; none are read. */
    public void look(ByteBuf bytes) {
        ByteBuf in = bytes.slice();
        while (in.isReadable() && state == State.HTTP) {
            if (body != null) {
                in.skipBytes(body.take(in));
                if (body.isBroken()) {
                    state = State.UNKNOWN;
                } else if (body.isOver()) {
                    finish();
                }
            } else {
                byte b = in.readByte();
                head.writeByte(b);
                if (b == '\n') {
                    line();
                } else if (head.writerIndex() >= Sniffer.MAX_BYTES) {
                    state = State.UNKNOWN;
                }
            }
        }
    }

    private void line() {
        int end = head.writerIndex();
        boolean whole = end - lineStart >= 2 && head.getByte(end - 2) == '\r';
        boolean last = end - lineStart == 2;
        lineStart = end;
        if (!whole) {
            state = State.UNKNOWN;
        } else if (last) {
            if (end > 2) { // a blank line before an answer is one too many behind the last
                answer();
            }
            head.clear();
            lineStart = 0;
        }
    }

    private void answer() {
        int first = head.indexOf(0, head.writerIndex(), (byte) '\n') + 1;
        Matcher status = STATUS.matcher(head.toString(0, first, StandardCharsets.ISO_8859_1));
        HttpFields fields = HttpFields.read(head, first, head.writerIndex());
        Sniffed.Http request = waiting.peek();
        if (!status.matches() || fields.broken() != null || request == null) {
            state = State.UNKNOWN;
            return;
        }
        int code = Integer.parseInt(status.group(1));
        boolean agreed = request.isConnect() && code / 100 == 2;
        if (agreed || code == SWITCHING) {
            boolean asked = agreed || request.upgrade().isPresent();
            state = asked && waiting.size() == 1 ? State.TUNNEL : State.UNKNOWN;
        } else if (code >= 200) {
            boolean empty =
                    request.method().equals("HEAD") || code == NO_CONTENT || code == NOT_MODIFIED;
            begin(empty ? 0 : fields.body());
        }
    }

    private void begin(long length) {
        if (length == HttpFields.NONE) {
            state = State.UNKNOWN; // it goes on until the server closes
            return;
        }
        body = new HttpBody(length);
        if (body.isOver()) {
            finish();
        }
    }

    private void finish() {
        body = null;
        waiting.remove();
        answered++;
    }

    /** What is known of the server's side now. */
    public State state() {
        return state;
    }

    /** Requests without a whole answer yet; means nothing once the state is unknown. */
    public int outstanding() {
        return waiting.size();
    }

    /** Requests that were answered. */
    public long answered() {
        return answered;
    }
}

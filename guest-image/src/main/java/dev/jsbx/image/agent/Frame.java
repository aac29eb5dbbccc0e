package dev.jsbx.image.agent;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A frame that came from the agent. Its payload is a view of the reader's buffer, valid until the
 * next frame is read. Every getter checks bounds; whatever a hostile agent sends, the worst outcome
 * is an {@link AgentException}.
 *
 * @param type one of {@link Protocol}'s
 * @param stream the stream it belongs to, if any
 * @param payload little-endian, from its position to its limit
 */
record Frame(int type, int stream, ByteBuffer payload) {
    Frame {
        payload.order(ByteOrder.LITTLE_ENDIAN);
    }

    int u32() throws AgentException {
        try {
            return payload.getInt();
        } catch (BufferUnderflowException e) {
            throw tooShort();
        }
    }

    long u64() throws AgentException {
        try {
            return payload.getLong();
        } catch (BufferUnderflowException e) {
            throw tooShort();
        }
    }

    /** A string for people: what is not printable is replaced, since it may reach a terminal. */
    String text() throws AgentException {
        int length = u32();
        if (length < 0 || length > payload.remaining()) {
            throw tooShort();
        }
        byte[] bytes = new byte[length];
        payload.get(bytes);
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.codePoints()
                .map(c -> Character.isISOControl(c) || !Character.isDefined(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private AgentException tooShort() {
        return new AgentException("guest agent: frame of type " + type + " is too short");
    }
}

package dev.jsbx.image.agent;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Builds a request's payload. */
final class Payload {
    private byte[] bytes = new byte[256];
    private int length;

    private ByteBuffer room(int n) throws AgentException {
        if (n > Protocol.MAX_REQUEST - length) {
            throw new AgentException(
                    "request to the guest is larger than %d bytes: shorten arguments or environment"
                            .formatted(Protocol.MAX_REQUEST));
        }
        if (length + n > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + n, 2 * bytes.length));
        }
        ByteBuffer at = ByteBuffer.wrap(bytes, length, n).order(ByteOrder.LITTLE_ENDIAN);
        length += n;
        return at;
    }

    Payload u16(int value) throws AgentException {
        room(Short.BYTES).putShort((short) value);
        return this;
    }

    Payload u32(int value) throws AgentException {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    Payload u64(long value) throws AgentException {
        room(Long.BYTES).putLong(value);
        return this;
    }

    Payload text(String value) throws AgentException {
        if (value.indexOf('\0') >= 0) {
            throw new AgentException("a NUL character cannot be passed to the guest: " + value);
        }
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        u32(utf8.length);
        room(utf8.length).put(utf8);
        return this;
    }

    Payload texts(List<String> values) throws AgentException {
        u32(values.size());
        for (String value : values) {
            text(value);
        }
        return this;
    }

    Payload raw(byte[] value) throws AgentException {
        room(value.length).put(value);
        return this;
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes, 0, length);
    }
}

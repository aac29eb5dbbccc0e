package dev.jsbx.cli.secret;

import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.linux.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A secret's bytes in memory of their own: locked, excluded from core dumps, zeroed when the last
 * of its holders has closed its own. Any thread may read; each holder closes.
 */
public final class SecretValue implements AutoCloseable {
    /** The longest value, in bytes. */
    public static final int MAX_LENGTH = 64 << 10;

    private final Mapping memory;
    private final AtomicInteger holders;
    private final int length;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SecretValue(Mapping memory, AtomicInteger holders, int length) {
        this.memory = memory;
        this.holders = holders;
        this.length = length;
    }

    /**
     * Copies bytes into locked memory; the caller zeroes its own.
     *
     * @throws LinuxException if the host does not lock it
     */
    public static SecretValue of(ByteBuffer bytes) {
        int length = bytes.remaining();
        Mapping memory = LockedMemory.of(Math.max(length, 1));
        MemorySegment.copy(MemorySegment.ofBuffer(bytes), 0, memory.segment(), 0, length);
        return new SecretValue(memory, new AtomicInteger(1), length);
    }

    /**
     * Reads a value up to the end of a stream, without the one line end that echo and editors add.
     *
     * @throws IllegalArgumentException if it is empty, too long, or holds a line end or NUL
     */
    public static SecretValue read(InputStream in) throws IOException {
        byte[] buffer = new byte[MAX_LENGTH + 2];
        try {
            int length = in.readNBytes(buffer, 0, buffer.length);
            return checked(ByteBuffer.wrap(buffer, 0, length));
        } finally {
            Arrays.fill(buffer, (byte) 0);
        }
    }

    /** The same for what was read already; the caller zeroes its own. */
    static SecretValue checked(ByteBuffer text) {
        int length = text.remaining();
        if (length > 0 && text.get(text.position() + length - 1) == '\n') {
            length--;
        }
        if (length > 0 && text.get(text.position() + length - 1) == '\r') {
            length--;
        }
        if (length == 0) {
            throw new IllegalArgumentException("the value is empty");
        }
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException("the value is longer than 64 KiB");
        }
        ByteBuffer value = text.slice(text.position(), length);
        for (int i = 0; i < length; i++) {
            byte b = value.get(i);
            if (b == '\n' || b == '\r' || b == 0) {
                throw new IllegalArgumentException(
                        "the value holds a line end, which no header can carry");
            }
        }
        return of(value);
    }

    /**
     * The same bytes for another holder, to be closed apart; costs no system call.
     *
     * @throws IllegalStateException if this one is closed
     */
    public SecretValue share() {
        checkOpen();
        holders.incrementAndGet();
        return new SecretValue(memory, holders, length);
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the value is closed");
        }
    }

    /** Bytes. */
    public int length() {
        return length;
    }

    /** A read-only view of the bytes, not to be used after {@link #close}. */
    public MemorySegment bytes() {
        checkOpen();
        return memory.segment().asSlice(0, length).asReadOnly();
    }

    /** A read-only buffer over the same bytes. */
    public ByteBuffer buffer() {
        return bytes().asByteBuffer();
    }

    /** The first and last characters of a long value, for people to tell two apart. */
    public String masked() {
        if (length < 16) {
            return "****";
        }
        StringBuilder masked = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            masked.append(printable(i));
        }
        return masked.append("****").toString();
    }

    private char printable(int i) {
        byte b = memory.segment().get(ValueLayout.JAVA_BYTE, i);
        return b > ' ' && b < 127 ? (char) b : '?';
    }

    /** Zeroes and releases the memory, if nobody else holds it. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true) && holders.decrementAndGet() == 0) {
            memory.segment().fill((byte) 0);
            memory.close();
        }
    }

    /** Never the value. */
    @Override
    public String toString() {
        return "secret of " + length + " bytes";
    }
}

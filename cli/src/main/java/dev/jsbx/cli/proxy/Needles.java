package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a response must not tell: values as they are and as base64, hexadecimal, percent and JSON
 * escapes write them. Counted, as several responses may use one. Found by the algorithm of Wu and
 * Manber (TR 94-17, 1994) over pairs of bytes, which looks at one place in as many as the shortest
 * needle is long.
 *
 * <p>Values of fewer than {@link #SHORTEST} bytes are not looked for: they would be found in texts
 * that have nothing to do with them. All memory is outside the heap and zeroed on release. Belongs
 * to one event loop.
 */
final class Needles implements AutoCloseable {
    static final int SHORTEST = 6;

    private static final int TABLE = 1 << 13;
    private static final int BYTES = 1 << 8;
    private static final int MAX_SHIFT = 255;
    private static final int SCRATCH = 512; // most headers' values

    private final ByteBuf bytes;
    private final ByteBuffer needles;
    private final ByteBuf table;
    private final ByteBuffer shifts;
    private final ByteBuffer begins;
    private final ByteBuffer scratch;
    private final int[] starts;
    private final int[] lengths;
    private final int shortest;
    private final int longest;
    private int users = 1;

    private Needles(ByteBuf bytes, List<int[]> found) {
        this.bytes = bytes;
        needles = bytes.nioBuffer(0, bytes.writerIndex());
        starts = found.stream().mapToInt(each -> each[0]).toArray();
        lengths = found.stream().mapToInt(each -> each[1]).toArray();
        int min = MAX_SHIFT;
        int max = 0;
        for (int length : lengths) {
            min = Math.min(min, length);
            max = Math.max(max, length);
        }
        shortest = min;
        longest = max;
        table = new ZeroingBuf(TABLE + BYTES + SCRATCH);
        shifts = table.nioBuffer(0, TABLE);
        begins = table.nioBuffer(TABLE, BYTES);
        scratch = table.nioBuffer(TABLE + BYTES, SCRATCH);
        fillTable();
    }

    /** The needles of some values; null if there is nothing to look for. */
    static Needles of(List<ByteBuffer> values) {
        int size = values.stream().mapToInt(value -> value.remaining() * 24 + 64).sum();
        ByteBuf bytes = new ZeroingBuf(Math.max(size, 1));
        List<int[]> found = new ArrayList<>();
        for (ByteBuffer value : values) {
            if (value.remaining() >= SHORTEST) {
                forms(value, bytes, found);
            }
        }
        if (found.isEmpty()) {
            bytes.release();
            return null;
        }
        return new Needles(bytes, found);
    }

    private static void forms(ByteBuffer value, ByteBuf bytes, List<int[]> found) {
        add(bytes, found, out -> out.writeBytes(value.duplicate()));
        for (int before = 0; before < 3; before++) {
            int at = before;
            add(bytes, found, out -> Encodings.base64Inside(value, at, Encodings.BASE64, out));
            add(bytes, found, out -> Encodings.base64Inside(value, at, Encodings.BASE64_URL, out));
        }
        add(bytes, found, out -> Encodings.hex(value, false, out));
        add(bytes, found, out -> Encodings.hex(value, true, out));
        add(bytes, found, out -> Encodings.percent(value, true, out));
        add(bytes, found, out -> Encodings.percent(value, false, out));
        add(bytes, found, out -> Encodings.json(value, false, out));
        add(bytes, found, out -> Encodings.json(value, true, out));
    }

    private static void add(ByteBuf bytes, List<int[]> found, Consumer<ByteBuf> form) {
        int start = bytes.writerIndex();
        form.accept(bytes);
        int length = bytes.writerIndex() - start;
        boolean known =
                found.stream()
                        .anyMatch(
                                each ->
                                        each[1] == length
                                                && io.netty.buffer.ByteBufUtil.equals(
                                                        bytes, each[0], bytes, start, length));
        if (known || length < SHORTEST) {
            bytes.writerIndex(start);
        } else {
            found.add(new int[] {start, length});
        }
    }

    private void fillTable() {
        for (int i = 0; i < TABLE; i++) {
            shifts.put(i, (byte) (shortest - 1));
        }
        for (int n = 0; n < starts.length; n++) {
            begins.put(needles.get(starts[n]) & 0xff, (byte) 1);
            for (int i = 1; i < shortest; i++) {
                int slot = slot(needles.get(starts[n] + i - 1), needles.get(starts[n] + i));
                int shift = shortest - 1 - i;
                if (shift < (shifts.get(slot) & 0xff)) {
                    shifts.put(slot, (byte) shift);
                }
            }
        }
    }

    private static int slot(byte first, byte second) {
        return ((first & 0xff) << 5 ^ second & 0xff) & TABLE - 1;
    }

    private int shift(ByteBuffer text, int at) {
        return shifts.get(slot(text.get(at - 1), text.get(at))) & 0xff;
    }

    /** The longest needle, in bytes. */
    int longest() {
        return longest;
    }

    /**
     * Overwrites every needle by asterisks.
     *
     * @return whether there was one
     */
    boolean mask(ByteBuffer text) {
        boolean any = false;
        int step = shortest - 1;
        int at = step;
        int end = text.limit();
        while (at < end) {
            if (at + 3 * step < end && allClear(text, at, step)) {
                at += 4 * step;
                continue;
            }
            int shift = shift(text, at);
            if (shift > 0) {
                at += shift;
                continue;
            }
            int length = match(text, at - shortest + 1);
            for (int i = 0; i < length; i++) {
                text.put(at - shortest + 1 + i, (byte) '*');
            }
            any |= length > 0;
            at++;
        }
        return any;
    }

    /** A text of its own, such as a header's value, with every needle overwritten by asterisks. */
    String masked(CharSequence text) {
        if (text.length() <= SCRATCH) {
            return masked(text, scratch.clear().limit(text.length()));
        }
        ByteBuf large = new ZeroingBuf(text.length());
        try {
            return masked(text, large.nioBuffer(0, text.length()));
        } finally {
            large.release();
        }
    }

    private String masked(CharSequence text, ByteBuffer copy) {
        for (int i = 0; i < text.length(); i++) {
            copy.put(i, (byte) text.charAt(i));
        }
        String result =
                mask(copy)
                        ? StandardCharsets.ISO_8859_1.decode(copy.duplicate()).toString()
                        : text.toString();
        for (int i = 0; i < text.length(); i++) {
            copy.put(i, (byte) 0);
        }
        return result;
    }

    // Where one place after the other lets us go on as far as can be. What the processor reads for
    // one of them need not wait for the others.
    private boolean allClear(ByteBuffer text, int at, int step) {
        return shift(text, at) == step
                & shift(text, at + step) == step
                & shift(text, at + 2 * step) == step
                & shift(text, at + 3 * step) == step;
    }

    private int match(ByteBuffer text, int start) {
        int found = 0;
        for (int n = 0; n < starts.length; n++) {
            int length = lengths[n];
            if (length > found
                    && start + length <= text.limit()
                    && common(text, start, n) == length) {
                found = length;
            }
        }
        return found;
    }

    /** How many bytes at the end may be the beginning of a needle. */
    int unfinished(ByteBuffer text) {
        int end = text.limit();
        for (int start = Math.max(0, end - longest + 1); start < end; start++) {
            if (begins.get(text.get(start) & 0xff) != 0 && begins(text, start)) {
                return end - start;
            }
        }
        return 0;
    }

    private boolean begins(ByteBuffer text, int start) {
        int length = text.limit() - start;
        for (int n = 0; n < starts.length; n++) {
            if (lengths[n] > length && common(text, start, n) == length) {
                return true;
            }
        }
        return false;
    }

    private int common(ByteBuffer text, int start, int n) {
        int max = Math.min(lengths[n], text.limit() - start);
        int i = 0;
        while (i < max && text.get(start + i) == needles.get(starts[n] + i)) {
            i++;
        }
        return i;
    }

    /** One more who closes it. */
    Needles retain() {
        users++;
        return this;
    }

    @Override
    public void close() {
        if (--users == 0) {
            bytes.release();
            table.release();
        }
    }
}

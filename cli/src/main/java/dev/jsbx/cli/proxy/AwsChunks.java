package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;

/**
 * Takes the object out of a body in {@code aws-chunked} coding, with signatures and trailers of
 * chunks or without.
 */
final class AwsChunks implements BodyFilter {
    private static final int MAX_LINE = 4096;

    private enum Expect {
        SIZE,
        DATA,
        DATA_END,
        TRAILER,
        NOTHING
    }

    private final StringBuilder line = new StringBuilder();
    private final long announced;
    private Expect expect = Expect.SIZE;
    private long left;
    private long total;

    /**
     * @param announced length of the object, in bytes
     */
    AwsChunks(long announced) {
        this.announced = announced;
    }

    @Override
    public ByteBuf next(ByteBuf piece) throws Refused {
        ByteBuf out = piece.alloc().directBuffer(Math.max(1, piece.readableBytes()));
        try {
            while (piece.isReadable()) {
                if (expect == Expect.DATA) {
                    int n = (int) Math.min(left, piece.readableBytes());
                    out.writeBytes(piece, n);
                    left -= n;
                    total += n;
                    expect = left == 0 ? Expect.DATA_END : Expect.DATA;
                } else if (readLine(piece)) {
                    line();
                }
            }
            if (total > announced) {
                throw malformed();
            }
            return out;
        } catch (Refused e) {
            out.release();
            throw e;
        } finally {
            piece.release();
        }
    }

    private boolean readLine(ByteBuf piece) throws Refused {
        while (piece.isReadable()) {
            char c = (char) piece.readUnsignedByte();
            if (c == '\n') {
                return true;
            }
            line.append(c);
            if (line.length() > MAX_LINE) {
                throw malformed();
            }
        }
        return false;
    }

    private void line() throws Refused {
        String text = line.toString().strip();
        line.setLength(0);
        switch (expect) {
            case SIZE -> {
                int extension = text.indexOf(';');
                left = size(extension < 0 ? text : text.substring(0, extension));
                expect = left == 0 ? Expect.TRAILER : Expect.DATA;
            }
            case DATA_END -> {
                if (!text.isEmpty()) {
                    throw malformed();
                }
                expect = Expect.SIZE;
            }
            case TRAILER -> expect = text.isEmpty() ? Expect.NOTHING : Expect.TRAILER;
            default -> throw malformed();
        }
    }

    private static long size(String text) throws Refused {
        if (!text.matches("[0-9a-fA-F]{1,12}")) {
            throw malformed();
        }
        return Long.parseLong(text, 16);
    }

    @Override
    public void end() throws Refused {
        if (total != announced || expect == Expect.DATA || expect == Expect.SIZE) {
            throw malformed();
        }
    }

    private static Refused malformed() {
        return new Refused(Refusal.badRequest("its body is not what its aws-chunked length says"));
    }
}

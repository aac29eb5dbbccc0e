package dev.jsbx.netstack.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Records of types SVCB and HTTPS (RFC 9460) without what would take a connection past policy: ECH,
 * which hides the name in TLS; HTTP/3, which goes over UDP; and addresses, which are to come from
 * records of their own.
 */
final class ServiceBinding {
    private static final int MANDATORY = 0;
    private static final int ALPN = 1;
    private static final int NO_DEFAULT_ALPN = 2;
    private static final int IPV4_HINT = 4;
    private static final int ECH = 5;
    private static final int IPV6_HINT = 6;

    private ServiceBinding() {}

    /**
     * Takes a record's data apart and puts back what may stay.
     *
     * @param mayLookUp whether the guest may look up a target's name
     * @return empty if the record as a whole has to go
     */
    static Optional<byte[]> strip(byte[] data, Predicate<String> mayLookUp) {
        ByteBuf in = Unpooled.wrappedBuffer(data);
        if (in.readableBytes() < 3) {
            return Optional.empty();
        }
        ByteBuf out = Unpooled.buffer(data.length);
        out.writeShort(in.readUnsignedShort());
        String target = DnsNames.read(in);
        if (target == null || !target.isEmpty() && !mayLookUp.test(target)) {
            return Optional.empty();
        }
        DnsNames.write(out, target);
        return parameters(in, out) ? Optional.of(ByteBufUtil.getBytes(out)) : Optional.empty();
    }

    private static boolean parameters(ByteBuf in, ByteBuf out) {
        boolean hasAlpn = false;
        while (in.isReadable()) {
            if (in.readableBytes() < 4) {
                return false;
            }
            int key = in.readUnsignedShort();
            int length = in.readUnsignedShort();
            if (in.readableBytes() < length) {
                return false;
            }
            ByteBuf value = in.readSlice(length);
            switch (key) {
                case MANDATORY -> {
                    if (namesStripped(value)) {
                        return false; // without it the client could not use the record anyway
                    }
                    put(out, key, value);
                }
                case ALPN -> {
                    ByteBuf kept = withoutHttp3(value);
                    if (kept == null) {
                        return false;
                    }
                    hasAlpn = kept.isReadable();
                    if (hasAlpn) {
                        put(out, key, kept);
                    }
                }
                case NO_DEFAULT_ALPN -> {
                    if (!hasAlpn) {
                        return false; // nothing but HTTP/3 was on offer
                    }
                    put(out, key, value);
                }
                case IPV4_HINT, IPV6_HINT, ECH -> {}
                default -> put(out, key, value);
            }
        }
        return true;
    }

    private static boolean namesStripped(ByteBuf keys) {
        for (int at = 0; at + 1 < keys.readableBytes(); at += 2) {
            int key = keys.getUnsignedShort(keys.readerIndex() + at);
            if (key == ECH || key == IPV4_HINT || key == IPV6_HINT) {
                return true;
            }
        }
        return false;
    }

    private static ByteBuf withoutHttp3(ByteBuf ids) {
        ByteBuf kept = Unpooled.buffer(ids.readableBytes());
        while (ids.isReadable()) {
            int length = ids.readUnsignedByte();
            if (length == 0 || ids.readableBytes() < length) {
                return null;
            }
            ByteBuf id = ids.readSlice(length);
            boolean http3 =
                    length >= 2
                            && id.getByte(id.readerIndex()) == 'h'
                            && id.getByte(id.readerIndex() + 1) == '3';
            if (!http3) {
                kept.writeByte(length).writeBytes(id);
            }
        }
        return kept;
    }

    private static void put(ByteBuf out, int key, ByteBuf value) {
        out.writeShort(key);
        out.writeShort(value.readableBytes());
        out.writeBytes(value, value.readerIndex(), value.readableBytes());
    }
}

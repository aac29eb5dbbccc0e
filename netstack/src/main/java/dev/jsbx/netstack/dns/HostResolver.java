package dev.jsbx.netstack.dns;

import dev.jsbx.netstack.policy.Ip;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsPtrRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.DefaultHostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Answers as the host itself would find them: its hosts file, then the servers of its {@code
 * resolv.conf} by UDP and, for what is too long, TCP; and the system's own resolver for addresses
 * where no server answers.
 */
public final class HostResolver implements Resolver {
    private static final int HOSTS_TTL = 60;
    private static final long TIMEOUT_MILLIS = 4000;

    private final EventLoop loop;
    private final DnsNameResolver servers;
    private final DefaultHostsFileEntriesResolver hosts = new DefaultHostsFileEntriesResolver();

    /**
     * @param loop an epoll event loop, on which answers are handed on
     */
    public HostResolver(EventLoop loop) {
        this.loop = loop;
        this.servers =
                new DnsNameResolverBuilder(loop)
                        .datagramChannelType(EpollDatagramChannel.class)
                        .socketChannelType(EpollSocketChannel.class)
                        .queryTimeoutMillis(TIMEOUT_MILLIS)
                        .build();
    }

    @Override
    public void resolve(String name, int type, Consumer<DnsAnswer> done) {
        List<DnsRecord> local = local(name, type);
        if (!local.isEmpty()) {
            done.accept(new DnsAnswer(DnsType.NOERROR, local, 0));
            return;
        }
        servers.query(new DefaultDnsQuestion(name + ".", DnsRecordType.valueOf(type)))
                .addListener(
                        (FutureListener<AddressedEnvelope<DnsResponse, InetSocketAddress>>)
                                future -> finish(name, type, future, done));
    }

    private List<DnsRecord> local(String name, int type) {
        if (type != DnsType.A && type != DnsType.AAAA) {
            return List.of();
        }
        List<InetAddress> found =
                hosts.addresses(
                        name,
                        type == DnsType.A
                                ? ResolvedAddressTypes.IPV4_ONLY
                                : ResolvedAddressTypes.IPV6_ONLY);
        return found == null ? List.of() : records(name, type, found.toArray(InetAddress[]::new));
    }

    private static List<DnsRecord> records(String name, int type, InetAddress[] addresses) {
        List<DnsRecord> records = new ArrayList<>();
        for (InetAddress address : addresses) {
            DnsRecord record = DnsRecord.of(name, Ip.of(address), HOSTS_TTL);
            if (record.type() == type) {
                records.add(record);
            }
        }
        return records;
    }

    private void finish(
            String name,
            int type,
            Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> future,
            Consumer<DnsAnswer> done) {
        if (!future.isSuccess()) {
            askSystem(name, type, done);
            return;
        }
        AddressedEnvelope<DnsResponse, InetSocketAddress> envelope = future.getNow();
        DnsAnswer answer;
        try {
            answer = read(envelope.content());
        } finally {
            envelope.release();
        }
        done.accept(answer);
    }

    private static DnsAnswer read(DnsResponse response) {
        List<DnsRecord> records = new ArrayList<>();
        for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
            io.netty.handler.codec.dns.DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
            byte[] data = data(record);
            if (data != null) {
                records.add(
                        new DnsRecord(
                                name(record.name()),
                                record.type().intValue(),
                                ttl(record.timeToLive()),
                                data));
            }
        }
        return new DnsAnswer(response.code().intValue(), records, negativeTtl(response));
    }

    private static byte[] data(io.netty.handler.codec.dns.DnsRecord record) {
        if (record instanceof DnsPtrRecord pointer) {
            ByteBuf name = Unpooled.buffer();
            DnsNames.write(name, name(pointer.hostname()));
            return ByteBufUtil.getBytes(name);
        }
        return record instanceof ByteBufHolder holder
                ? ByteBufUtil.getBytes(holder.content())
                : null;
    }

    private static String name(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private static int ttl(long seconds) {
        return Math.clamp(seconds, 0, Integer.MAX_VALUE);
    }

    // RFC 2308 §5: the lesser of the SOA record's TTL and its last field, MINIMUM.
    private static int negativeTtl(DnsResponse response) {
        for (int i = 0; i < response.count(DnsSection.AUTHORITY); i++) {
            io.netty.handler.codec.dns.DnsRecord record =
                    response.recordAt(DnsSection.AUTHORITY, i);
            byte[] data = record.type().intValue() == DnsType.SOA ? data(record) : null;
            if (data != null && data.length >= 4) {
                ByteBuf last = Unpooled.wrappedBuffer(data, data.length - 4, 4);
                return ttl(Math.min(record.timeToLive(), last.readUnsignedInt()));
            }
        }
        return 0;
    }

    private void askSystem(String name, int type, Consumer<DnsAnswer> done) {
        if (type != DnsType.A && type != DnsType.AAAA) {
            done.accept(DnsAnswer.none(DnsType.SERVFAIL));
            return;
        }
        Thread.ofVirtual()
                .name("resolve")
                .start(
                        () -> {
                            DnsAnswer answer = system(name, type);
                            loop.execute(() -> done.accept(answer));
                        });
    }

    private static DnsAnswer system(String name, int type) {
        try {
            InetAddress[] found = InetAddress.getAllByName(name + ".");
            return new DnsAnswer(DnsType.NOERROR, records(name, type, found), 0);
        } catch (UnknownHostException e) {
            return DnsAnswer.none(DnsType.SERVFAIL);
        }
    }

    @Override
    public void close() {
        servers.close();
    }
}

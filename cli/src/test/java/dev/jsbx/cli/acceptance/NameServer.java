package dev.jsbx.cli.acceptance;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The host's name server, for whoever may listen at port 53. It knows the records that {@code
 * clients.py} asks for; its HTTPS record has HTTP/3, address hints and ECH, which are to be taken
 * out.
 */
final class NameServer implements AutoCloseable {
    /** Of the loopback, and unlikely to be anybody else's. */
    static final String ADDRESS = "127.77.0.53";

    private static final int PORT = 53;
    private static final int TTL = 77;
    private static final DnsRecordType HTTPS = DnsRecordType.valueOf(65);

    // By name and type, the data in hexadecimal.
    private static final Map<String, String> RECORDS =
            Map.of(
                    "allowed.example. " + DnsRecordType.A,
                    "cb007109",
                    "allowed.example. " + DnsRecordType.TXT,
                    "09" + "617320697420776173",
                    // Priority 1, the name itself; alpn h3,h2; ipv4hint; ech.
                    "allowed.example. " + HTTPS,
                    "000100"
                            + "0001000602683302"
                            + "6832"
                            + "00040004cb007109"
                            + "00050004fe0d0000",
                    "rebinds.example. " + DnsRecordType.A,
                    "7f000001");

    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    NameServer() {
        new Bootstrap()
                .group(group)
                .channel(NioDatagramChannel.class)
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline()
                                        .addLast(
                                                new DatagramDnsQueryDecoder(),
                                                new DatagramDnsResponseEncoder(),
                                                new Answerer());
                            }
                        })
                .bind(new InetSocketAddress(ADDRESS, PORT))
                .syncUninterruptibly();
    }

    private static final class Answerer extends SimpleChannelInboundHandler<DatagramDnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
            DnsQuestion question = query.recordAt(DnsSection.QUESTION);
            String data = RECORDS.get(question.name() + " " + question.type());
            DatagramDnsResponse response =
                    new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
            response.addRecord(DnsSection.QUESTION, question);
            if (data == null) {
                response.setCode(DnsResponseCode.NXDOMAIN);
            } else {
                ByteBuf bytes = Unpooled.wrappedBuffer(HexFormat.of().parseHex(data));
                response.addRecord(
                        DnsSection.ANSWER,
                        new DefaultDnsRawRecord(question.name(), question.type(), TTL, bytes));
            }
            ctx.writeAndFlush(response);
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}

package dev.jsbx.cli.proxy;

import static dev.jsbx.cli.proxy.ProxyUnderTest.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.secret.SecretBinding.Header;
import dev.jsbx.netstack.tls.CertificateAuthority.Leaf;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** gRPC's own client and server, with the proxy between them. */
class GrpcProxyTest {
    private static final String VALUE = "real-token-0123456789";
    private static final int MESSAGES = 200;
    private static final int SIZE = 20_000;
    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    private static final Metadata.Key<String> END = key("x-end");

    private static final MethodDescriptor<String, String> ECHO =
            MethodDescriptor.<String, String>newBuilder()
                    .setType(MethodType.BIDI_STREAMING)
                    .setFullMethodName("test.Service/Echo")
                    .setRequestMarshaller(new Text())
                    .setResponseMarshaller(new Text())
                    .build();

    @TempDir private Path directory;
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private ProxyUnderTest proxy;
    private Server server;
    private ManagedChannel channel;

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** Messages without a schema. */
    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Gives each message back, and ends with a status and a trailer of its own. */
    private final class Echo implements ServerCallHandler<String, String> {
        @Override
        public ServerCall.Listener<String> startCall(
                ServerCall<String, String> call, Metadata headers) {
            authorizations.add(headers.get(AUTHORIZATION));
            call.sendHeaders(new Metadata());
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(String message) {
                    call.sendMessage(message);
                    call.request(1);
                }

                @Override
                public void onHalfClose() {
                    Metadata trailers = new Metadata();
                    trailers.put(END, "over");
                    call.close(Status.DATA_LOSS.withDescription("as the test has it"), trailers);
                }
            };
        }
    }

    /** What a client is told. */
    private static final class Told extends ClientCall.Listener<String> {
        final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        final CompletableFuture<Status> status = new CompletableFuture<>();
        final CompletableFuture<Metadata> trailers = new CompletableFuture<>();

        @Override
        public void onMessage(String message) {
            messages.add(message);
        }

        @Override
        public void onClose(Status ended, Metadata with) {
            status.complete(ended);
            trailers.complete(with);
        }
    }

    @BeforeEach
    void start() throws Exception {
        proxy = new ProxyUnderTest(directory);
        Leaf leaf = proxy.upstreamAuthority.sign(HOST);
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .sslContext(
                                GrpcSslContexts.configure(
                                                SslContextBuilder.forServer(
                                                        leaf.key(), leaf.chain()))
                                        .build())
                        .addService(
                                ServerServiceDefinition.builder("test.Service")
                                        .addMethod(ECHO, new Echo())
                                        .build())
                        .build()
                        .start();
        proxy.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()));
        proxy.secrets.set("token", VALUE, proxy.here(), new Header("Authorization", "Bearer {}"));
        channel =
                NettyChannelBuilder.forAddress(proxy.address())
                        .overrideAuthority(HOST + ":" + server.getPort())
                        .sslContext(
                                GrpcSslContexts.forClient()
                                        .trustManager(proxy.certificate())
                                        .build())
                        .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
        proxy.close();
    }

    private Told call(ClientCall<String, String> call) {
        Told told = new Told();
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + proxy.secrets.placeholder("token"));
        call.start(told, headers);
        call.request(Integer.MAX_VALUE);
        return told;
    }

    @Test
    void streamsBothWaysWithTrailers() throws Exception {
        ClientCall<String, String> call = channel.newCall(ECHO, CallOptions.DEFAULT);
        Told told = call(call);
        for (int i = 0; i < 5; i++) { // each is there before the next is sent
            call.sendMessage("message " + i);
            assertThat(told.messages.poll(60, TimeUnit.SECONDS)).isEqualTo("message " + i);
        }
        String large = "x".repeat(SIZE);
        for (int i = 0; i < MESSAGES; i++) {
            call.sendMessage(large);
        }
        for (int i = 0; i < MESSAGES; i++) {
            assertThat(told.messages.poll(60, TimeUnit.SECONDS)).isEqualTo(large);
        }
        call.sendMessage("it is " + VALUE);
        assertThat(told.messages.poll(60, TimeUnit.SECONDS))
                .isEqualTo("it is " + "*".repeat(VALUE.length()));
        call.halfClose();
        Status status = told.status.get(60, TimeUnit.SECONDS);
        assertThat(status.getCode()).isEqualTo(Status.Code.DATA_LOSS);
        assertThat(status.getDescription()).isEqualTo("as the test has it");
        assertThat(told.trailers.get(60, TimeUnit.SECONDS).get(END)).isEqualTo("over");
        assertThat(authorizations).containsExactly("Bearer " + VALUE);
        assertThat(proxy.log).containsExactly("allow POST " + HOST + "/test.Service/Echo token");
    }

    @Test
    void aRefusalIsAStatus() throws Exception {
        proxy.denied = true;
        Told told = call(channel.newCall(ECHO, CallOptions.DEFAULT));
        assertThat(told.status.get(60, TimeUnit.SECONDS).getCode())
                .isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(authorizations).isEmpty();
    }
}

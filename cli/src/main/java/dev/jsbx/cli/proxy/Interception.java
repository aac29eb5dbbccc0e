package dev.jsbx.cli.proxy;

import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretHosts;
import dev.jsbx.cli.secret.SecretSource;
import dev.jsbx.netstack.policy.Host;
import dev.jsbx.netstack.policy.HostName;
import dev.jsbx.netstack.sniff.Sniffed;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * One connection that is ended here. First the server proves by its certificate who it is, and
 * chooses the protocol; then the guest gets the same protocol. So nothing is translated between
 * versions of HTTP, and nothing is read from the guest before it is known where it may go.
 */
final class Interception {
    private static final long HANDSHAKE_TIMEOUT_MS = 30_000;

    private final String host;
    private final int port;
    private final List<String> protocols;
    private final boolean secure;
    private final Session session;
    private final Channel guest;
    private final Upstream upstream;
    private final ChannelHandler quiet = new Quiet();
    private TlsContexts contexts;
    private Runnable letGo;
    private Runnable reset;

    private Interception(
            String host,
            int port,
            List<String> protocols,
            boolean secure,
            Session session,
            Channel guest,
            Upstream upstream) {
        this.host = host;
        this.port = port;
        this.protocols = protocols;
        this.secure = secure;
        this.session = session;
        this.guest = guest;
        this.upstream = upstream;
    }

    /**
     * @return null if the connection is to be passed on untouched: no secret is for the host that
     *     it names, the guest's DNS never answered with this address for it, or it speaks neither
     *     version of HTTP
     */
    static Interception of(
            Destination to,
            Sniffed sniffed,
            SecretSource source,
            FlowJudge judge,
            BodyBudget budget,
            Channel guest,
            Upstream upstream) {
        Host named =
                switch (sniffed) {
                    case Sniffed.Tls tls -> tls.server().orElse(null);
                    case Sniffed.Http http -> http.host().orElse(null);
                    default -> null;
                };
        if (!(named instanceof Host.Name name)
                || !to.names().contains(HostName.canonical(name.text()))) {
            return null;
        }
        boolean secure = sniffed instanceof Sniffed.Tls;
        List<String> offered = sniffed instanceof Sniffed.Tls tls ? tls.protocols() : List.of();
        List<String> spoken = TlsContexts.spoken(offered);
        if (!isBound(source, name.text(), to.port(), secure)
                || !offered.isEmpty() && spoken.isEmpty()) {
            return null;
        }
        Session session =
                new Session(
                        name.text(), to.port(), secure, source, judge, guest.eventLoop(), budget);
        return new Interception(name.text(), to.port(), spoken, secure, session, guest, upstream);
    }

    private static boolean isBound(SecretSource source, String host, int port, boolean secure) {
        for (SecretBinding binding : source.bindings()) {
            if ((secure || binding.plainHttp())
                    && binding.hosts().stream()
                            .anyMatch(each -> SecretHosts.matches(each, host, port))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Goes to work.
     *
     * @param go hands on the guest's first bytes
     * @param broken ends the guest's connection by reset
     */
    void begin(TlsContexts ready, Runnable go, Runnable broken) {
        contexts = ready;
        letGo = go;
        reset = broken;
        upstream.whenConnected(this::connected, cause -> down(TlsFailure.of(host, cause)));
    }

    private void connected() {
        upstream.takeOver();
        if (!secure) {
            join(null);
            return;
        }
        try {
            SslHandler tls =
                    contexts.client(protocols).newHandler(upstream.channel().alloc(), host, port);
            tls.setHandshakeTimeoutMillis(HANDSHAKE_TIMEOUT_MS);
            upstream.channel().pipeline().addLast(tls).addLast(quiet);
            tls.handshakeFuture().addListener(done -> goOn(tls, done));
        } catch (SSLException e) {
            down(TlsFailure.of(host, e));
        }
    }

    // Netty logs what a listener throws, and goes on: the guest would wait for ever.
    private void goOn(SslHandler tls, Future<?> done) {
        try {
            shaken(tls, done);
        } catch (RuntimeException e) {
            session.close();
            upstream.close();
            reset.run();
        }
    }

    private void shaken(SslHandler tls, Future<?> done) {
        if (!guest.isActive()) {
            upstream.close();
            return;
        }
        Throwable failure = done.isSuccess() ? outdated(tls) : done.cause();
        if (failure == null) {
            upstream.channel().pipeline().remove(quiet);
            join(tls.applicationProtocol());
        } else {
            down(TlsFailure.of(host, failure));
        }
    }

    // A certificate that is itself among the trusted ones is not asked for its dates by Java.
    private static Throwable outdated(SslHandler tls) {
        try {
            ((X509Certificate) tls.engine().getSession().getPeerCertificates()[0]).checkValidity();
            return null;
        } catch (CertificateException | SSLPeerUnverifiedException e) {
            return e;
        }
    }

    /** Takes what the handshake's future tells already. */
    private static final class Quiet extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private void join(String protocol) {
        if (secure && !endGuestTls(protocol)) {
            return;
        }
        if (secure) {
            encryptAsWritten(upstream.channel());
        }
        if (TlsContexts.HTTP_2.equals(protocol)) {
            Http2Bridge.join(session, guest, upstream.channel());
        } else {
            Http1Codecs.Responses responses = new Http1Codecs.Responses();
            Http1Upstream answers = new Http1Upstream(responses, host);
            guest.pipeline()
                    .addLast(new Http1Codecs.Requests())
                    .addLast(new Http1Guest(session, upstream.channel(), answers));
            upstream.channel().pipeline().addLast(responses).addLast(answers);
        }
        letGo.run();
    }

    // Else what is written at once is joined first, in memory that is not zeroed: a head with a
    // secret in it and the body, for one.
    private static void encryptAsWritten(Channel channel) {
        channel.pipeline().get(SslHandler.class).setWrapDataSize(0);
    }

    // The guest is told why by the protocol it speaks; the server's side is over.
    private void down(Refusal refusal) {
        upstream.close();
        String protocol =
                protocols.isEmpty() || protocols.contains(TlsContexts.HTTP_1)
                        ? protocols.isEmpty() ? null : TlsContexts.HTTP_1
                        : TlsContexts.HTTP_2;
        if (secure && !endGuestTls(protocol)) {
            return;
        }
        if (TlsContexts.HTTP_2.equals(protocol)) {
            Http2Bridge.down(session, guest, refusal);
        } else {
            guest.pipeline()
                    .addLast(new Http1Codecs.Requests())
                    .addLast(new Http1Guest(session, refusal));
        }
        letGo.run();
    }

    private boolean endGuestTls(String protocol) {
        try {
            SslHandler tls = contexts.server(host, protocol).newHandler(guest.alloc());
            tls.setHandshakeTimeoutMillis(HANDSHAKE_TIMEOUT_MS);
            guest.pipeline().addLast(tls);
            return true;
        } catch (SSLException | GeneralSecurityException e) {
            session.close();
            upstream.close();
            reset.run();
            return false;
        }
    }
}

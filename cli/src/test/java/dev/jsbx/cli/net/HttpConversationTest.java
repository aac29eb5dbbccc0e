package dev.jsbx.cli.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.Host;
import dev.jsbx.netstack.sniff.Sniffed;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every request of a connection is judged; good.example is allowed, all else is not. */
class HttpConversationTest {
    private static final Decision YES =
            new Decision(true, Decision.Kind.RULE, "allow good.example", "Allowed");
    private static final Decision NO =
            new Decision(false, Decision.Kind.MODE, "mode locked-down", "No rule");

    private final List<Sniffed> judged = new ArrayList<>();
    private int answered;
    private final EmbeddedChannel channel =
            new EmbeddedChannel(
                    new FirstBytes(
                            new Judge() {
                                @Override
                                public Decision judge(Sniffed sniffed) {
                                    judged.add(sniffed);
                                    return allowed(sniffed) ? YES : NO;
                                }

                                @Override
                                public void answered() {
                                    answered++;
                                }
                            },
                            "good.example",
                            80,
                            false));

    private static boolean allowed(Sniffed sniffed) {
        return switch (sniffed) {
            case Sniffed.Http http -> isGood(http.host().orElse(null));
            case Sniffed.Tls tls -> isGood(tls.server().orElse(null));
            case Sniffed.Other other -> true;
            default -> false;
        };
    }

    private static boolean isGood(Host host) {
        return host != null && host.toString().equals("good.example");
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text.replace("|", "\r\n"), StandardCharsets.ISO_8859_1);
    }

    /** What the guest says; returns what reaches the host. */
    private String guest(String text) {
        channel.writeInbound(bytes(text));
        return reached();
    }

    private String reached() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf b = channel.readInbound(); b != null; b = channel.readInbound()) {
            all.append(b.toString(StandardCharsets.ISO_8859_1));
            b.release();
        }
        return all.toString().replace("\r\n", "|");
    }

    /** What the host says; returns what reaches the guest. */
    private String host(String text) {
        channel.writeOutbound(bytes(text));
        return told();
    }

    private String told() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf b = channel.readOutbound(); b != null; b = channel.readOutbound()) {
            all.append(b.toString(StandardCharsets.ISO_8859_1));
            b.release();
        }
        return all.toString().replace("\r\n", "|");
    }

    private static String get(String host) {
        return "GET / HTTP/1.1|Host: " + host + "||";
    }

    private static final String OK = "HTTP/1.1 200 OK|Content-Length: 2||ok";

    @Test
    void aDeniedRequestLaterOnGetsThePageAndTheEnd() {
        assertThat(guest(get("good.example"))).isEqualTo(get("good.example"));
        assertThat(host(OK)).isEqualTo(OK);
        assertThat(answered).isEqualTo(1);
        assertThat(guest(get("evil.example"))).isEmpty();
        assertThat(told())
                .startsWith("HTTP/1.1 403 Forbidden|")
                .contains("Blocked by network policy: evil.example:80: mode locked-down");
        assertThat(channel.isOpen()).isFalse();
        assertThat(judged).hasSize(2);
    }

    @Test
    void aDeniedPipelinedRequestGetsItsPageBehindTheAnswersThatAreDue() {
        String two = get("good.example") + get("good.example");
        assertThat(guest(two + get("evil.example") + "more")).isEqualTo(two);
        assertThat(told()).isEmpty();
        assertThat(host(OK + "HTTP/1.1 200 OK|Transfer-Encoding: chunked||3|ab"))
                .doesNotContain("403");
        assertThat(channel.isOpen()).isTrue();
        assertThat(host("c|0||")).startsWith("c|0||HTTP/1.1 403");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void bodiesStreamAndHideNoRequest() {
        String head = "POST / HTTP/1.1|Host: good.example|Content-Length: 40||";
        assertThat(guest(head + "0123456789")).isEqualTo(head + "0123456789");
        assertThat(guest("0123456789")).isEqualTo("0123456789");
        assertThat(guest("01234567890123456789" + get("good.example")))
                .isEqualTo("01234567890123456789" + get("good.example"));
        String chunked = "PUT / HTTP/1.1|Host: good.example|Transfer-Encoding: chunked||";
        assertThat(guest(chunked + "3|abc|")).isEqualTo(chunked + "3|abc|");
        assertThat(guest("0||" + get("evil.example"))).isEqualTo("0||");
        assertThat(judged).hasSize(4);
    }

    @Test
    void blanksBeforeRequestsAreLeftOut() {
        assertThat(guest("\n|||" + get("good.example"))).isEqualTo(get("good.example"));
        assertThat(guest("|\n" + get("good.example"))).isEqualTo(get("good.example"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST / HTTP/1.1|Host: good.example|Content-Length: 1|Transfer-Encoding: chunked||",
                "POST / HTTP/1.1|Host: good.example|Content-Length: 1|Content-Length: 2||",
                "GET / HTTP/1.1|Host: good.example|A: b| c||",
                "GET / HTTP/1.1\nHost: good.example\n\n",
                "GET / HTTP/1.1|Host : good.example||",
                "PRI * HTTP/2.0||SM||",
                "nonsense",
                "\0",
            })
    void whatIsAmbiguousIsRefusedFirstAndLater(String text) {
        guest(get("good.example"));
        host(OK);
        guest(text.endsWith("|") || text.endsWith("\n") ? text : text + "\n|");
        assertThat(reached()).isEmpty();
        assertThat(told()).startsWith("HTTP/1.1 403");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aBrokenChunkEndsIt() {
        guest("POST / HTTP/1.1|Host: good.example|Transfer-Encoding: chunked||");
        guest("3\nabc");
        assertThat(judged.getLast()).isInstanceOf(Sniffed.Malformed.class);
        assertThat(guest("more")).isEmpty();
    }

    @Test
    void aWebSocketIsTunnelledOnceTheServerAgrees() {
        String upgrade = "GET /s HTTP/1.1|Host: good.example|Upgrade: websocket||";
        assertThat(guest(upgrade + "early")).isEqualTo(upgrade);
        assertThat(host("HTTP/1.1 101 Switching Protocols|Upgrade: websocket||hi"))
                .endsWith("||hi");
        assertThat(reached()).isEqualTo("early");
        assertThat(guest("GET anything at all|")).isEqualTo("GET anything at all|");
        assertThat(host("\1\2")).isEqualTo("\1\2");
        assertThat(judged).hasSize(1);
    }

    @Test
    void anUpgradeThatIsDeclinedHidesNoRequest() {
        String upgrade = "GET /s HTTP/1.1|Host: good.example|Upgrade: websocket||";
        assertThat(guest(upgrade + get("evil.example"))).isEqualTo(upgrade);
        assertThat(host(OK)).startsWith(OK + "HTTP/1.1 403");
        assertThat(reached()).isEmpty();
    }

    @Test
    void anAnswerThatSaysAgreedInItsBodyAgreesToNothing() {
        String upgrade = "GET /s HTTP/1.1|Host: good.example|Upgrade: websocket||";
        assertThat(guest(upgrade + get("evil.example"))).isEqualTo(upgrade);
        String answer = "HTTP/1.1 200 OK|Content-Length: 36||HTTP/1.1 101 Switching Protocols||";
        assertThat(host(answer)).startsWith(answer + "HTTP/1.1 403");
        assertThat(reached()).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void offersOfHttp2AreTakenOut() {
        String rest = "GET / HTTP/1.1|Host: good.example|Connection: Upgrade, HTTP2-Settings|";
        assertThat(guest(rest + "Upgrade: h2c|HTTP2-Settings: AAMAAABk||" + get("good.example")))
                .isEqualTo(rest + "|" + get("good.example"));
    }

    @Test
    void whatFollowsAConnectIsJudgedAsWell() {
        String connect = "CONNECT good.example:443 HTTP/1.1|Host: good.example:443||";
        assertThat(guest(connect)).isEqualTo(connect);
        host("HTTP/1.1 200 OK||");
        assertThat(guest(get("evil.example"))).isEmpty();
        assertThat(told()).startsWith("HTTP/1.1 403");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void answersThatNobodyCanFollowStillPass() {
        guest(get("good.example"));
        assertThat(host("ICY 200 OK\nno: http\n\nmusic"))
                .isEqualTo("ICY 200 OK\nno: http\n\nmusic");
        assertThat(guest(get("good.example"))).isEqualTo(get("good.example"));
        assertThat(guest("GET / HTTP/1.1|Host: good.example|Upgrade: websocket||")).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void headsOfAllSizesArePiecedTogether() {
        String text = get("good.example") + get("good.example");
        StringBuilder all = new StringBuilder();
        for (char c : text.replace("|", "\r\n").toCharArray()) {
            all.append(guest(String.valueOf(c)));
        }
        assertThat(all.toString()).isEqualTo(text);
        assertThat(judged).hasSize(2);
    }

    @Test
    void aHeadThatDoesNotEndIsEnded() {
        guest("GET / HT");
        channel.advanceTimeBy(FirstBytes.DEADLINE_SECONDS, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aLaterHeadThatDoesNotEndIsEnded() {
        guest(get("good.example"));
        host(OK);
        channel.advanceTimeBy(2 * FirstBytes.DEADLINE_SECONDS, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue(); // idle connections may stay
        guest("GET / HT");
        channel.advanceTimeBy(FirstBytes.DEADLINE_SECONDS, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whoSpeaksSecondMayBeSilent() {
        channel.advanceTimeBy(1, TimeUnit.DAYS);
        channel.runScheduledPendingTasks();
        assertThat(host("SSH-2.0-x|")).isEqualTo("SSH-2.0-x|");
        assertThat(guest("SSH-2.0-y|")).isEqualTo("SSH-2.0-y|");
    }

    @Test
    void whoGetsAPageOnlyMayNot() {
        EmbeddedChannel denied = new EmbeddedChannel(new FirstBytes(s -> NO, "a", 80, true));
        denied.advanceTimeBy(FirstBytes.DEADLINE_SECONDS, TimeUnit.SECONDS);
        denied.runScheduledPendingTasks();
        assertThat(denied.isOpen()).isFalse();
    }

    @Test
    void theGuestsEndPassesBehindItsRequest() {
        channel.pipeline()
                .addLast(
                        new io.netty.channel.ChannelInboundHandlerAdapter() {
                            @Override
                            public void userEventTriggered(
                                    io.netty.channel.ChannelHandlerContext ctx, Object event) {
                                ctx.fireChannelRead(bytes("END"));
                            }
                        });
        guest(get("good.example"));
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(reached()).isEqualTo("END");
        assertThat(host(OK)).isEqualTo(OK);
    }
}

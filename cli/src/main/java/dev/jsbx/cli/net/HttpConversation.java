package dev.jsbx.cli.net;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.sniff.HttpBody;
import dev.jsbx.netstack.sniff.HttpHead;
import dev.jsbx.netstack.sniff.HttpRequests;
import dev.jsbx.netstack.sniff.HttpResponses;
import dev.jsbx.netstack.sniff.Sniffed;
import dev.jsbx.netstack.sniff.Sniffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A guest's plain HTTP connection: every request is judged before a byte of it passes, bodies
 * stream through as they come.
 *
 * <pre>
 *   guest ─► head ─► judge ─► passed on, then its body ─► next head …            ─► host
 *             │ no                      └─ CONNECT, Upgrade: wait for the answer
 *             ▼                                   101, 2xx │        │ any other
 *          the page, behind the answers          tunnelled ◄┘        └► next head
 *          that are still due
 * </pre>
 *
 * <p>What follows a CONNECT is held to the same rules as a connection of its own. Offers to go on
 * with HTTP/2 or TLS are taken out of requests, as what follows them could not be checked.
 */
final class HttpConversation extends ChannelDuplexHandler {
    private static final int MAX_OUTSTANDING = 64;
    private static final Decision LOST =
            new Decision(
                    false,
                    Decision.Kind.NAMES,
                    "malformed",
                    "a change of protocol behind answers that cannot be followed");

    private final Judge judge;
    private final String host;
    private final int port;
    private final HttpRequests requests = new HttpRequests();
    private final HttpResponses responses = new HttpResponses();
    private ByteBuf held = Unpooled.EMPTY_BUFFER;
    private HttpBody body = new HttpBody(0);
    private boolean switching;
    private boolean connecting;
    private boolean inputEnded;
    private boolean readDue;
    private boolean over;
    private Refused refusal;
    private long told;
    private Future<?> deadline;

    /**
     * @param host whom the connection was made to, for the page
     */
    HttpConversation(Judge judge, String host, int port) {
        this.judge = judge;
        this.host = host;
        this.port = port;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (over || refusal != null) {
            bytes.release();
            return;
        }
        held = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, bytes);
        advance(ctx);
    }

    /** Passes on what may pass by now. */
    private void advance(ChannelHandlerContext ctx) {
        boolean more = true;
        while (more && !over && refusal == null && !isWaiting() && held.isReadable()) {
            if (body.isOver()) {
                more = head(ctx);
            } else {
                int bytes = body.take(held);
                if (bytes > 0) {
                    ctx.fireChannelRead(held.readRetainedSlice(bytes));
                }
                if (body.isBroken()) {
                    judged(ctx, new Sniffed.Malformed("a chunk that is none", true));
                }
            }
        }
        if (over) {
            return;
        }
        watchTime(ctx);
        endInput(ctx);
    }

    // Whether the next head has to wait for an answer.
    private boolean isWaiting() {
        return body.isOver()
                && responses.state() == HttpResponses.State.HTTP
                && (switching || responses.outstanding() >= MAX_OUTSTANDING);
    }

    private boolean head(ChannelHandlerContext ctx) {
        Sniffed sniffed = requests.look(held);
        if (sniffed != Sniffed.MORE) {
            judged(ctx, sniffed);
        }
        return sniffed != Sniffed.MORE;
    }

    private void judged(ChannelHandlerContext ctx, Sniffed sniffed) {
        Decision decision = judge.judge(sniffed);
        if (sniffed instanceof Sniffed.Http http) {
            if (decision.allowed()) {
                pass(ctx, http);
            } else {
                refuse(ctx, decision, http.host().map(Object::toString).orElse(host));
            }
        } else if (decision.allowed()) {
            tunnel(ctx); // to the host's own services, which may speak as they like
        } else {
            refuse(ctx, decision, host);
        }
    }

    private void pass(ChannelHandlerContext ctx, Sniffed.Http http) {
        Sniffed.Http request = http;
        held.skipBytes(http.start());
        ByteBuf head = held.readRetainedSlice(http.end() - http.start());
        if (HttpHead.offersUnchecked(http)) {
            request = http.withoutUpgrade();
            ByteBuf whole = head;
            head = HttpHead.withoutUpgrade(whole);
            whole.release();
        }
        connecting = request.isConnect();
        switching = connecting || request.upgrade().isPresent();
        if (switching && responses.state() != HttpResponses.State.HTTP) {
            head.release();
            refuse(ctx, LOST, host);
            return;
        }
        responses.expect(request);
        body = new HttpBody(request.body());
        ctx.fireChannelRead(head);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (!over && message instanceof ByteBuf bytes) {
            responses.look(bytes);
        }
        ctx.write(message, promise);
        if (!over) {
            try {
                settle(ctx);
            } catch (RuntimeException e) { // an audit log that cannot be written, above all
                end(ctx);
            }
        }
    }

    /** Does what the server's answers allow by now. */
    private void settle(ChannelHandlerContext ctx) {
        boolean news = told < responses.answered();
        while (told < responses.answered()) {
            told++;
            judge.answered();
        }
        if (refusal != null) {
            refuse(ctx);
        } else if (responses.state() == HttpResponses.State.TUNNEL) {
            tunnel(ctx);
        } else if (switching && responses.state() == HttpResponses.State.UNKNOWN) {
            refuse(ctx, LOST, host);
        } else if (news) {
            switching &= responses.outstanding() > 0;
            connecting &= switching;
            goOn(ctx);
        }
    }

    private void goOn(ChannelHandlerContext ctx) {
        if (held.isReadable() || inputEnded) {
            advance(ctx);
            ctx.fireChannelReadComplete();
        }
        if (readDue && !isWaiting()) {
            readDue = false;
            ctx.read();
        }
    }

    /** Lets everything pass from now on; behind CONNECT as on a connection of its own. */
    private void tunnel(ChannelHandlerContext ctx) {
        over = true;
        ByteBuf rest = held;
        held = Unpooled.EMPTY_BUFFER;
        if (connecting) {
            ctx.pipeline().addAfter(ctx.name(), null, new FirstBytes(judge, host, port, false));
        }
        if (rest.isReadable()) {
            ctx.fireChannelRead(rest);
            ctx.fireChannelReadComplete();
        } else {
            rest.release();
        }
        if (inputEnded) {
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        if (readDue) {
            ctx.read();
        }
        ctx.pipeline().remove(this);
    }

    private void refuse(ChannelHandlerContext ctx, Decision decision, String named) {
        refusal = new Refused(decision, named, port);
        held.release();
        held = Unpooled.EMPTY_BUFFER;
        refuse(ctx);
    }

    // The page stands behind the answers to what was allowed. Where nobody can tell where those
    // end, it would be read as part of one.
    private void refuse(ChannelHandlerContext ctx) {
        if (responses.state() != HttpResponses.State.HTTP) {
            end(ctx);
        } else if (responses.outstanding() == 0) {
            over = true;
            ctx.pipeline().replace(this, null, refusal);
        } else {
            watchTime(ctx);
        }
    }

    private void end(ChannelHandlerContext ctx) {
        over = true;
        Refused.reset(ctx);
    }

    // A head that has begun has to end, and answers before a refusal have to come.
    private void watchTime(ChannelHandlerContext ctx) {
        boolean due = refusal != null || held.isReadable() && body.isOver() && !isWaiting();
        if (!due && deadline != null) {
            deadline.cancel(false);
            deadline = null;
        } else if (due && deadline == null) {
            deadline =
                    ctx.executor()
                            .schedule(
                                    () -> end(ctx), FirstBytes.DEADLINE_SECONDS, TimeUnit.SECONDS);
        }
    }

    // While an answer is waited for, what the guest says already is held within bounds.
    @Override
    public void read(ChannelHandlerContext ctx) {
        if (!over && isWaiting() && held.readableBytes() >= Sniffer.MAX_BYTES) {
            readDue = true;
        } else {
            ctx.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event != ChannelInputShutdownEvent.INSTANCE || over) {
            ctx.fireUserEventTriggered(event);
        } else {
            inputEnded = true;
            endInput(ctx);
        }
    }

    // The end stays behind what is held; a head that will never be whole goes with it.
    private void endInput(ChannelHandlerContext ctx) {
        boolean behind = isWaiting() && held.isReadable();
        if (inputEnded && refusal == null && !behind) {
            inputEnded = false;
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        held.release();
        held = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        end(ctx);
    }
}

package dev.jsbx.netstack.sniff;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where bodies end, in whatever pieces they come. */
class HttpBodyTest {
    private static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(
                text.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static int end(long length, ByteBuf in) {
        HttpBody body = new HttpBody(length);
        int taken = body.take(in);
        assertThat(body.isBroken()).isFalse();
        assertThat(body.isOver()).isTrue();
        return taken;
    }

    @Test
    void lengthsAndChunksEndWhereTheySay() {
        assertThat(end(0, bytes("GET"))).isZero();
        assertThat(end(3, bytes("abcGET"))).isEqualTo(3);
        assertThat(end(HttpBody.CHUNKED, bytes("0||GET"))).isEqualTo(5);
        assertThat(end(HttpBody.CHUNKED, bytes("3|abc|A;x=\"y\"|0123456789|0|A: b||GET")))
                .isEqualTo(40);
    }

    @Test
    void piecesEndWhereTheWholeEnds() {
        String text = "3|abc|0a|0123456789|00|A: b|C: d||GET";
        int whole = end(HttpBody.CHUNKED, bytes(text));
        HttpBody body = new HttpBody(HttpBody.CHUNKED);
        int taken = 0;
        ByteBuf in = bytes(text);
        while (!body.isOver()) {
            taken += body.take(in.slice(taken, 1));
        }
        assertThat(taken).isEqualTo(whole);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "|",
                "x|",
                "3\nabc",
                "3|abcd|",
                "3|abc\n",
                " 3|",
                "3 |",
                "-1|",
                "0x3|",
                "+3|",
                "0\n\n",
                "0|A b||",
                "0| A: b||",
                "0|A: b\rC: d||",
                "3;\n|",
                "1234567890123456|"
            })
    void whatCanBeReadInTwoWaysIsBroken(String text) {
        HttpBody body = new HttpBody(HttpBody.CHUNKED);
        body.take(bytes(text));
        assertThat(body.isBroken()).isTrue();
    }

    @FuzzTest
    void anyBytesEndSomewhere(byte[] input) {
        HttpBody whole = new HttpBody(HttpBody.CHUNKED);
        int taken = whole.take(Unpooled.wrappedBuffer(input));
        HttpBody pieces = new HttpBody(HttpBody.CHUNKED);
        int sum = 0;
        for (int at = 0; at < input.length; at++) {
            sum += pieces.take(Unpooled.wrappedBuffer(input, at, 1));
        }
        if (taken != sum || whole.isOver() != pieces.isOver()) {
            throw new AssertionError("pieces are read in another way than the whole");
        }
    }

    @FuzzTest
    void anyAnswersAreSomething(byte[] input) {
        HttpResponses responses = new HttpResponses();
        for (int i = 0; i < 3; i++) {
            responses.expect(
                    (Sniffed.Http)
                            Sniffer.sniff(bytes("GET / HTTP/1.1|Host: a|Upgrade: websocket||")));
        }
        responses.look(Unpooled.wrappedBuffer(input));
        if (responses.state() == HttpResponses.State.TUNNEL) {
            throw new AssertionError("a tunnel while other answers are due");
        }
    }
}

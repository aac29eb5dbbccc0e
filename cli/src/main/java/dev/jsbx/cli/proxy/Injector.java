package dev.jsbx.cli.proxy;

import dev.jsbx.cli.proxy.Plan.Edit;
import dev.jsbx.cli.proxy.Plan.InBasic;
import dev.jsbx.cli.proxy.Plan.InBody;
import dev.jsbx.cli.proxy.Plan.InHeader;
import dev.jsbx.cli.proxy.Plan.InTarget;
import dev.jsbx.cli.proxy.Plan.SetBasic;
import dev.jsbx.cli.proxy.Plan.SetHeader;
import dev.jsbx.cli.proxy.RequestHead.Field;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ListIterator;
import java.util.StringJoiner;

/** Carries out one edit of a plan. */
final class Injector {
    private Injector() {}

    /**
     * @param value the secret; gone when this returns
     * @return what is left to do to the body; null for nothing
     * @throws Refused if a header cannot carry the value
     */
    static BodyStep apply(RequestHead head, Edit edit, ByteBuffer value) throws Refused {
        if (!(edit instanceof InBody) && !SecretText.isHeaderSafe(value)) {
            throw new Refused(
                    Refusal.badGateway(
                            head.authority,
                            "the secret " + edit.secret() + " holds what no header can carry"));
        }
        switch (edit) {
            case SetHeader set -> head.set(set.header(), SecretText.of(set.template(), value));
            case SetBasic set -> {
                head.set("Authorization", SecretText.basic(set.user(), value));
                askForNoLastingToken(head);
            }
            case InHeader in -> inHeader(head, in, value);
            case InBasic in -> {
                inBasic(head, in, value);
                askForNoLastingToken(head);
            }
            case InTarget in -> inTarget(head, in, value);
            case InBody in -> {
                return body(head, in, value);
            }
        }
        return null;
    }

    private static void inHeader(RequestHead head, InHeader in, ByteBuffer value) {
        for (ListIterator<Field> each = head.fields.listIterator(); each.hasNext(); ) {
            Field field = each.next();
            if (field.name().equalsIgnoreCase(in.header())
                    && SecretText.find(field.value(), in.placeholder(), 0) >= 0) {
                each.set(new Field(field.name(), replaced(field.value(), in.placeholder(), value)));
            }
        }
    }

    private static void inTarget(RequestHead head, InTarget in, ByteBuffer value) {
        ByteBuf escaped = new ZeroingBuf(value.remaining() * 3 + 1);
        try {
            Encodings.percent(value, true, escaped);
            head.target = replaced(head.target, in.placeholder(), escaped.nioBuffer());
        } finally {
            escaped.release();
        }
    }

    // The server of a registry's tokens, asked for an offline_token, answers with one that is good
    // until the password is changed (distribution.github.io/distribution/spec/auth/token/): as good
    // as the secret, and the guest's to keep. One for a few minutes does as well.
    private static void askForNoLastingToken(RequestHead head) {
        if (!(head.target instanceof String target) || target.indexOf('?') < 0) {
            return;
        }
        StringJoiner kept = new StringJoiner("&");
        int query = target.indexOf('?') + 1;
        for (String each : target.substring(query).split("&", -1)) {
            int equals = each.indexOf('=');
            String name = Words.percentDecoded(equals < 0 ? each : each.substring(0, equals));
            if (!name.equals("offline_token")) {
                kept.add(each);
            }
        }
        head.target = target.substring(0, query) + kept;
    }

    private static SecretText replaced(CharSequence text, String placeholder, ByteBuffer value) {
        SecretText with = SecretText.replacing(text, placeholder, value);
        if (text instanceof SecretText before) {
            before.close();
        }
        return with;
    }

    private static void inBasic(RequestHead head, InBasic in, ByteBuffer value) {
        SecretText plain = SecretText.replacing(in.text(), in.placeholder(), value);
        ByteBuf bytes = new ZeroingBuf(Math.max(1, plain.length()));
        ByteBuf out = new ZeroingBuf(8 + (plain.length() + 2) / 3 * 4);
        plain.writeTo(bytes);
        out.writeCharSequence("Basic ", StandardCharsets.US_ASCII);
        Encodings.base64(bytes, out);
        bytes.release();
        plain.close();
        head.set(in.header(), new SecretText(out));
    }

    private static BodyStep body(RequestHead head, InBody in, ByteBuffer value) throws Refused {
        String type = head.value("content-type");
        if (!BodyReplacement.isFor(type)) {
            return null;
        }
        String encoding = head.value("content-encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new Refused(
                    new Refusal(
                            415,
                            "jsbx: the request is refused: its body is compressed, so that the"
                                    + " placeholder of "
                                    + in.secret()
                                    + " could not be seen in it"));
        }
        return new BodyReplacement(in.placeholder(), value, type);
    }
}

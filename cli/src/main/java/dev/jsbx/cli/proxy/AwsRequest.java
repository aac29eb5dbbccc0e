package dev.jsbx.cli.proxy;

import dev.jsbx.cli.proxy.RequestHead.Framing;
import dev.jsbx.cli.secret.SecretBinding.AwsCredential.Part;
import dev.jsbx.cli.secret.SecretSource;
import dev.jsbx.cli.secret.SecretValue;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A request that the guest has signed with its placeholders: it is signed anew, by the host's clock
 * and with the true credentials, for the service and region that it names. Which services and
 * regions may be reached is what the secrets' hosts say.
 */
final class AwsRequest {
    private static final String PAYLOAD = "x-amz-content-sha256";
    private static final String DECODED_LENGTH = "x-amz-decoded-content-length";
    private static final String STREAMING = "STREAMING-";
    private static final List<String> CHUNKED =
            List.of(
                    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER");

    private final AwsScope scope;
    private final Map<Part, String> names;
    private final boolean secure;

    private AwsRequest(AwsScope scope, Map<Part, String> names, boolean secure) {
        this.scope = scope;
        this.names = names;
        this.secure = secure;
    }

    /**
     * @param names of the secrets that make up the credentials
     * @param secure whether it goes over TLS
     * @return null if the guest's placeholder has signed nothing
     * @throws Refused if it has signed in a way that cannot be done anew
     */
    static AwsRequest find(
            RequestHead head,
            String host,
            Map<Part, String> names,
            SecretSource source,
            boolean secure)
            throws Refused {
        if (!names.containsKey(Part.ACCESS_KEY_ID) || !names.containsKey(Part.SECRET_ACCESS_KEY)) {
            return null;
        }
        String placeholder = source.placeholder(names.get(Part.ACCESS_KEY_ID));
        AwsScope scope = AwsScope.of(head);
        if (scope != null && scope.accessKey().equals(placeholder)) {
            if (scope.contradicts(host)) {
                throw new Refused(
                        Refusal.forbidden("it is signed for another region than that of " + host));
            }
            return new AwsRequest(scope, names, secure);
        }
        boolean held =
                Words.percentDecoded(head.target.toString()).contains(placeholder)
                        || head.fields.stream()
                                .anyMatch(each -> each.value().toString().contains(placeholder));
        if (held) {
            throw new Refused(
                    Refusal.forbidden(
                            "it holds the placeholder of "
                                    + names.get(Part.ACCESS_KEY_ID)
                                    + ", and is not signed by Signature Version 4 with HMAC"));
        }
        return null;
    }

    /** The names of the secrets that sign. */
    List<String> secrets() {
        List<String> all = new ArrayList<>();
        all.add(names.get(Part.ACCESS_KEY_ID));
        all.add(names.get(Part.SECRET_ACCESS_KEY));
        if (names.containsKey(Part.SESSION_TOKEN)) {
            all.add(names.get(Part.SESSION_TOKEN));
        }
        return all;
    }

    /**
     * Signs, at once where the body need not be known, else when it is there.
     *
     * @param first what else is done to the body; null for nothing
     */
    Prepared prepare(
            RequestHead head, Needles needles, BodyStep first, Map<String, SecretValue> values)
            throws Refused {
        String payload = head.value(PAYLOAD);
        boolean whole = first != null || !scope.isS3() || !secure;
        boolean streams = payload != null && payload.startsWith(STREAMING);
        AwsSigner signer = new AwsSigner(scope, credentials(values), secure);
        if (!streams && head.framing != Framing.NONE && whole) {
            BodyStep sign = new AwsSigning(scope, signer);
            return new Prepared(
                    head, needles, first == null ? sign : new BodySteps(first, sign), null);
        }
        try (signer) {
            if (streams) {
                return streaming(head, needles, payload, signer);
            }
            AwsRefusals.check(scope, head, Unpooled.EMPTY_BUFFER);
            signer.sign(head, head.framing == Framing.NONE ? Unpooled.EMPTY_BUFFER : null);
            return new Prepared(head, needles, null, null);
        }
    }

    // The chunks' signatures hang together with the request's, so they are taken out; what is sent
    // is the plain object, protected by TLS.
    private Prepared streaming(RequestHead head, Needles needles, String payload, AwsSigner signer)
            throws Refused {
        String length = head.value(DECODED_LENGTH);
        boolean known = CHUNKED.contains(payload) && scope.isS3() && secure;
        if (!known || length == null || !length.matches("\\d{1,18}")) {
            throw new Refused(
                    new Refusal(
                            501,
                            "jsbx: the request is refused: " + payload + " is not signed anew"));
        }
        String encoding = head.value("content-encoding");
        if (encoding != null) {
            String rest = encoding.replaceAll("(?i)aws-chunked\\s*,?\\s*", "").strip();
            head.remove("content-encoding");
            if (!rest.isEmpty()) {
                head.set("content-encoding", rest.replaceAll(",$", ""));
            }
        }
        for (String gone :
                List.of(
                        DECODED_LENGTH,
                        "x-amz-trailer",
                        "x-amz-sdk-checksum-algorithm",
                        "trailer")) {
            head.remove(gone);
        }
        head.framing = Framing.LENGTH;
        head.length = Long.parseLong(length);
        AwsRefusals.check(scope, head, Unpooled.EMPTY_BUFFER);
        signer.sign(head, null);
        return new Prepared(head, needles, null, new AwsChunks(head.length));
    }

    private AwsCredentials credentials(Map<String, SecretValue> values) {
        String token = names.get(Part.SESSION_TOKEN);
        return new AwsCredentials(
                values.get(names.get(Part.ACCESS_KEY_ID)),
                values.get(names.get(Part.SECRET_ACCESS_KEY)),
                token == null ? null : values.get(token));
    }
}

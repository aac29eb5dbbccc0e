package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.internal.signer.V4CanonicalRequest;

/**
 * What the signature of a request is made of, as Signature Version 4 has it: its canonical form,
 * its time and its scope.
 *
 * @param text the canonical request
 * @param date as in {@code X-Amz-Date}
 * @param scope date, region, service and {@code aws4_request}
 * @param signature that the request has, in hexadecimal
 */
record AwsCanonical(String text, String date, String[] scope, String signature) {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String SIGNATURE = "Signature=";
    private static final String PAYLOAD = "x-amz-content-sha256";

    /**
     * Takes a request that the SDK has signed to pieces.
     *
     * @param body null if the signature leaves it out; stays the caller's
     * @throws IllegalArgumentException if it is not signed as expected
     */
    static AwsCanonical of(AwsScope scope, SdkHttpRequest signed, ByteBuf body) {
        SdkHttpRequest.Builder unsigned = signed.toBuilder();
        unsigned.removeHeader("Authorization");
        unsigned.removeQueryParameter("X-Amz-Signature");
        String payload =
                signed.firstMatchingHeader(PAYLOAD)
                        .orElseGet(() -> body == null ? "UNSIGNED-PAYLOAD" : hash(body));
        String text =
                new V4CanonicalRequest(
                                unsigned.build(),
                                payload,
                                new V4CanonicalRequest.Options(!scope.isS3(), !scope.isS3()))
                        .getCanonicalRequestString();
        String date =
                scope.presigned()
                        ? query(signed, "X-Amz-Date")
                        : signed.firstMatchingHeader("X-Amz-Date").orElse("");
        return new AwsCanonical(
                text,
                date,
                new String[] {
                    date.substring(0, Math.min(8, date.length())),
                    scope.region(),
                    scope.service(),
                    "aws4_request"
                },
                scope.presigned()
                        ? query(signed, "X-Amz-Signature")
                        : header(signed.firstMatchingHeader("Authorization").orElse("")));
    }

    private static String query(SdkHttpRequest signed, String name) {
        List<String> values = signed.rawQueryParameters().get(name);
        if (values == null || values.isEmpty()) {
            throw new IllegalArgumentException("no " + name);
        }
        return values.getFirst();
    }

    private static String header(String authorization) {
        int at = authorization.indexOf(SIGNATURE);
        if (at < 0) {
            throw new IllegalArgumentException("no signature");
        }
        return authorization.substring(at + SIGNATURE.length()).toLowerCase(Locale.ROOT);
    }

    /**
     * A signature.
     *
     * @param filled the canonical request as it is to be signed
     * @return in hexadecimal
     */
    String sign(AwsKey key, CharSequence filled) {
        String toSign =
                ALGORITHM + '\n' + date + '\n' + String.join("/", scope) + '\n' + hash(filled);
        return key.sign(scope, toSign);
    }

    private static String hash(CharSequence text) {
        MessageDigest digest = sha256();
        if (text instanceof String plain) {
            digest.update(plain.getBytes(StandardCharsets.UTF_8));
        } else {
            for (int i = 0; i < text.length(); i++) {
                digest.update((byte) text.charAt(i));
            }
        }
        String hash = HexFormat.of().formatHex(digest.digest());
        digest.reset(); // which zeroes its last block
        return hash;
    }

    private static String hash(ByteBuf body) {
        MessageDigest digest = sha256();
        body.forEachByte(
                b -> {
                    digest.update(b);
                    return true;
                });
        String hash = HexFormat.of().formatHex(digest.digest());
        digest.reset();
        return hash;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has it", e);
        }
    }
}

package dev.jsbx.cli.proxy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret access key as Signature Version 4 uses it. What is derived from it lies on the heap for
 * the time of a signature, and is zeroed.
 */
final class AwsKey {
    /** What stands for a key where the SDK wants one. */
    static final String WORD = "in-the-place-of-a-secret-access-key";

    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] PREFIX = "AWS4".getBytes(StandardCharsets.US_ASCII);

    private final ByteBuffer secret;

    /**
     * @param secret not copied
     */
    AwsKey(ByteBuffer secret) {
        this.secret = secret;
    }

    /** The key that {@link #WORD} is. */
    static AwsKey ofWord() {
        return new AwsKey(ByteBuffer.wrap(WORD.getBytes(StandardCharsets.US_ASCII)));
    }

    /**
     * Signs.
     *
     * @param scope date, region, service and {@code aws4_request}
     * @param text the string to sign
     * @return in hexadecimal
     */
    String sign(String[] scope, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new First());
            for (String each : scope) {
                byte[] next = mac.doFinal(each.getBytes(StandardCharsets.UTF_8));
                mac.init(new SecretKeySpec(next, ALGORITHM));
                Arrays.fill(next, (byte) 0);
            }
            byte[] signature = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            mac.init(new SecretKeySpec(new byte[1], ALGORITHM)); // in the place of the last key
            return HexFormat.of().formatHex(signature);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has " + ALGORITHM, e);
        }
    }

    /** The first key, copied for the one who asks: HMAC zeroes its copy. */
    private final class First implements SecretKey {
        private static final long serialVersionUID = 1L;

        @Override
        public String getAlgorithm() {
            return ALGORITHM;
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            byte[] bytes = Arrays.copyOf(PREFIX, PREFIX.length + secret.remaining());
            secret.duplicate().get(bytes, PREFIX.length, secret.remaining());
            return bytes;
        }
    }
}

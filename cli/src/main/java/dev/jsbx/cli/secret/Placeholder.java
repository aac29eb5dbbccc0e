package dev.jsbx.cli.secret;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a guest sees in place of a secret: the shape that client libraries check for, with random
 * looking characters that belong to one sandbox and one secret. Made from the sandbox's own random
 * key, so it is the same after a restart and tells nothing of the value.
 */
public final class Placeholder {
    private static final String ALPHANUMERIC =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private record Shape(String prefix, int length, String alphabet) {}

    private static final Shape GENERIC = new Shape("jsbx-", 40, ALPHANUMERIC);
    private static final Map<String, Shape> SHAPES =
            Map.ofEntries(
                    Map.entry("anthropic", new Shape("sk-ant-api03-", 95, ALPHANUMERIC)),
                    Map.entry("openai", new Shape("sk-proj-", 120, ALPHANUMERIC)),
                    Map.entry("google", new Shape("AIzaSy", 33, ALPHANUMERIC)),
                    Map.entry("github", new Shape("ghp_", 36, ALPHANUMERIC)),
                    Map.entry("gitlab", new Shape("glpat-", 20, ALPHANUMERIC)),
                    Map.entry("npm", new Shape("npm_", 36, ALPHANUMERIC)),
                    Map.entry("pypi", new Shape("pypi-", 120, ALPHANUMERIC)),
                    Map.entry("docker", new Shape("dckr_pat_", 27, ALPHANUMERIC)),
                    Map.entry("AWS_ACCESS_KEY_ID", new Shape("AKIA", 16, UPPER)),
                    Map.entry("AWS_SECRET_ACCESS_KEY", new Shape("", 40, ALPHANUMERIC)),
                    Map.entry("AWS_SESSION_TOKEN", new Shape("IQoJb3JpZ2lu", 200, ALPHANUMERIC)));

    private Placeholder() {}

    /**
     * The placeholder of a secret in one sandbox.
     *
     * @param sandboxKey at least 16 random bytes that only this sandbox has
     * @param secret the secret's name
     */
    public static String of(byte[] sandboxKey, String secret) {
        Shape shape = SHAPES.getOrDefault(secret, GENERIC);
        StringBuilder text = new StringBuilder(shape.prefix);
        byte[] random = {};
        for (int i = 0; i < shape.length; i++) {
            if (i % 32 == 0) {
                random = hmac(sandboxKey, secret + "/" + i);
            }
            text.append(shape.alphabet.charAt((random[i % 32] & 0xff) % shape.alphabet.length()));
        }
        return text.toString();
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new AssertionError("every JDK has HmacSHA256", e);
        }
    }
}

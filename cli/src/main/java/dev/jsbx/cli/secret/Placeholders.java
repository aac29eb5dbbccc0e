package dev.jsbx.cli.secret;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What one sandbox's guest sees in place of secrets: the shape that client libraries check for,
 * with random looking characters that belong to one sandbox and one secret.
 *
 * <pre>
 *   ghp_ f3Zq…(HMAC of the secret's name, by the sandbox's key) …t9Kd(HMAC of what is before it, by
 *   the installation's key)
 * </pre>
 *
 * <p>So a placeholder is the same after a restart, tells nothing of the value, and any sandbox's
 * placeholder can be told from other text without knowing that sandbox. Any thread.
 */
public final class Placeholders {
    private static final String ALPHANUMERIC =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int TAG = 8; // characters of 6 bits: no other text has one by chance
    private static final String ALGORITHM = "HmacSHA256";
    private static final int DIGEST = 32;

    private record Shape(String prefix, int length, String alphabet) {
        boolean fits(String word) {
            return word.length() == prefix.length() + length && word.startsWith(prefix);
        }

        int tag() {
            return length < 20 ? TAG - 2 : TAG;
        }
    }

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

    private record Keys(byte[] installation, byte[] sandbox) {}

    private final Path installation;
    private final Path sandbox;
    private final Map<String, String> made = new ConcurrentHashMap<>();
    private volatile Keys keys;

    private Placeholders(Path installation, Path sandbox) {
        this.installation = installation;
        this.sandbox = sandbox;
    }

    /**
     * Those of a sandbox. Its keys are read at the first use, or made, each in a file that only its
     * owner may read.
     *
     * @param installation directory of what all sandboxes share, {@code $XDG_CONFIG_HOME/jsbx}
     * @param sandbox the sandbox's directory
     */
    public static Placeholders in(Path installation, Path sandbox) {
        return new Placeholders(installation, sandbox);
    }

    private Keys keys() {
        if (keys == null) {
            try {
                keys =
                        new Keys(
                                KeyFile.readOrMake(installation.resolve("placeholder.key")),
                                KeyFile.readOrMake(sandbox.resolve("placeholder.key")));
            } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
            }
        }
        return keys;
    }

    /**
     * The placeholder of a secret.
     *
     * @param secret its name
     * @throws UncheckedIOException naming the key that cannot be read or made
     */
    public String of(String secret) {
        return made.computeIfAbsent(secret, this::make);
    }

    private String make(String secret) {
        Shape shape = SHAPES.getOrDefault(secret, GENERIC);
        String body = text(keys().sandbox, secret, shape.alphabet, shape.length - shape.tag());
        return shape.prefix + body + tag(shape, shape.prefix + body);
    }

    /** Whether a word is a placeholder of this installation, this sandbox's or another's. */
    public boolean isOne(String word) {
        if (GENERIC.fits(word) && isTagged(GENERIC, word)) {
            return true;
        }
        for (Shape shape : SHAPES.values()) {
            if (shape.fits(word) && isTagged(shape, word)) {
                return true;
            }
        }
        return false;
    }

    private boolean isTagged(Shape shape, String word) {
        int at = word.length() - shape.tag();
        return word.substring(at).equals(tag(shape, word.substring(0, at)));
    }

    private String tag(Shape shape, String before) {
        return text(keys().installation, before, shape.alphabet, shape.tag());
    }

    private static String text(byte[] key, String seed, String alphabet, int length) {
        StringBuilder text = new StringBuilder();
        byte[] random = {};
        for (int i = 0; i < length; i++) {
            if (i % DIGEST == 0) {
                random = hmac(key, seed + "/" + i);
            }
            text.append(alphabet.charAt((random[i % DIGEST] & 0xff) % alphabet.length()));
        }
        return text.toString();
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new AssertionError("every JDK has " + ALGORITHM, e);
        }
    }
}

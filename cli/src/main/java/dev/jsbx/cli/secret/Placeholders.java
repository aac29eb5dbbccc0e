package dev.jsbx.cli.secret;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
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
    private static final String ALGORITHM = "HmacSHA256";
    private static final int DIGEST = 32;

    /** Shapes that users have given: of this sandbox's secrets by name, and all that there are. */
    private record Given(Map<String, PlaceholderShape> own, Set<PlaceholderShape> all) {}

    private record Keys(byte[] installation, byte[] sandbox) {}

    private final Path installation;
    private final Path sandbox;
    private final Map<String, String> made = new ConcurrentHashMap<>();
    private volatile Keys keys;
    private volatile Given given = new Given(Map.of(), Set.of());

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

    /**
     * Takes the shapes that users have given with their secrets.
     *
     * @param all the installation's secrets: another sandbox's placeholders are told by their shape
     * @param usable by this sandbox
     */
    void shape(List<SecretBinding> all, List<SecretBinding> usable) {
        Map<String, PlaceholderShape> own = new HashMap<>();
        for (SecretBinding binding : usable) {
            binding.placeholder().ifPresent(s -> own.put(binding.name(), PlaceholderShape.of(s)));
        }
        Set<PlaceholderShape> shapes =
                all.stream()
                        .flatMap(binding -> binding.placeholder().stream())
                        .map(PlaceholderShape::of)
                        .collect(Collectors.toSet());
        Given now = new Given(Map.copyOf(own), Set.copyOf(shapes));
        if (!now.equals(given)) {
            given = now;
            made.clear();
        }
    }

    private String make(String secret) {
        PlaceholderShape known = PlaceholderShape.ofSecret(secret);
        PlaceholderShape shape = given.own.getOrDefault(secret, known);
        int random = shape.length() - shape.tag();
        String body = text(keys().sandbox, secret, shape.alphabet(), random);
        return shape.prefix() + body + tag(shape, shape.prefix() + body);
    }

    /** Whether a word is a placeholder of this installation, this sandbox's or another's. */
    public boolean isOne(String word) {
        for (PlaceholderShape shape : PlaceholderShape.known()) {
            if (shape.fits(word) && isTagged(shape, word)) {
                return true;
            }
        }
        for (PlaceholderShape shape : given.all) {
            if (shape.fits(word) && isTagged(shape, word)) {
                return true;
            }
        }
        return false;
    }

    private boolean isTagged(PlaceholderShape shape, String word) {
        int at = word.length() - shape.tag();
        return word.substring(at).equals(tag(shape, word.substring(0, at)));
    }

    private String tag(PlaceholderShape shape, String before) {
        return text(keys().installation, before, shape.alphabet(), shape.tag());
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

package dev.jsbx.cli.secret;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The shape of a placeholder: what client libraries check for before they send a key.
 *
 * @param prefix what it begins with
 * @param length characters after that, the tag among them
 * @param alphabet of those
 */
public record PlaceholderShape(String prefix, int length, String alphabet) {
    private static final String ALPHANUMERIC =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int TAG = 8; // characters of 6 bits: no other text has one by chance

    /** The prefix and how many characters follow; both have to be of one word of a header. */
    private static final Pattern GIVEN =
            Pattern.compile("([A-Za-z0-9_-]{0,40})\\{rand(?::(\\d{2,3}))?}");

    private static final int LEAST = 24; // 16 of them random: nobody guesses another sandbox's
    private static final int MOST = 200;

    private static final PlaceholderShape GENERIC = new PlaceholderShape("jsbx-", 40, ALPHANUMERIC);
    private static final Map<String, PlaceholderShape> SHAPES =
            Map.ofEntries(
                    Map.entry("anthropic", new PlaceholderShape("sk-ant-api03-", 95, ALPHANUMERIC)),
                    Map.entry("openai", new PlaceholderShape("sk-proj-", 120, ALPHANUMERIC)),
                    Map.entry("google", new PlaceholderShape("AIzaSy", 33, ALPHANUMERIC)),
                    Map.entry("github", new PlaceholderShape("ghp_", 36, ALPHANUMERIC)),
                    Map.entry("gitlab", new PlaceholderShape("glpat-", 20, ALPHANUMERIC)),
                    Map.entry("npm", new PlaceholderShape("npm_", 36, ALPHANUMERIC)),
                    Map.entry("pypi", new PlaceholderShape("pypi-", 120, ALPHANUMERIC)),
                    Map.entry("docker", new PlaceholderShape("dckr_pat_", 27, ALPHANUMERIC)),
                    Map.entry("AWS_ACCESS_KEY_ID", new PlaceholderShape("AKIA", 16, UPPER)),
                    Map.entry("AWS_SECRET_ACCESS_KEY", new PlaceholderShape("", 40, ALPHANUMERIC)),
                    Map.entry(
                            "AWS_SESSION_TOKEN",
                            new PlaceholderShape("IQoJb3JpZ2lu", 200, ALPHANUMERIC)));

    private static final List<PlaceholderShape> KNOWN = new ArrayList<>(SHAPES.values());

    static {
        KNOWN.add(GENERIC);
    }

    /**
     * A shape as users write it: {@code sk-{rand}}, or {@code sk-{rand:48}} for one of a length.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static PlaceholderShape of(String text) {
        Matcher matcher = GIVEN.matcher(text);
        int length = GENERIC.length;
        if (matcher.matches() && matcher.group(2) != null) {
            length = Integer.parseInt(matcher.group(2));
        }
        if (!matcher.matches() || length < LEAST || length > MOST) {
            throw new IllegalArgumentException(
                    "it ends with {rand}, or {rand:N} for "
                            + LEAST
                            + " to "
                            + MOST
                            + " characters, after up to 40 letters, digits, - and _; each sandbox"
                            + " has its own");
        }
        return new PlaceholderShape(matcher.group(1), length, ALPHANUMERIC);
    }

    /** That of a known service's secret, or of any other. */
    static PlaceholderShape ofSecret(String name) {
        return SHAPES.getOrDefault(name, GENERIC);
    }

    /** All that are not given by users. */
    static Collection<PlaceholderShape> known() {
        return KNOWN;
    }

    boolean fits(String word) {
        return word.length() == prefix.length() + length && word.startsWith(prefix);
    }

    /** How many characters at the end tell that it is a placeholder of this installation. */
    int tag() {
        return length < 20 ? TAG - 2 : TAG;
    }
}

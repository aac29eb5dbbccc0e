package dev.jsbx.cli.proxy;

import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretSource;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Looks through a request's head for placeholders that have no business there. Pure. */
final class Words {
    private static final int SHORTEST = 16;
    private static final String BASIC = "basic ";

    private Words() {}

    /**
     * Refuses placeholders of other sandboxes and of secrets that are not for this host.
     *
     * @param elsewhere the sandbox's secrets that this host must not receive
     */
    static void check(RequestHead head, List<SecretBinding> elsewhere, SecretSource source)
            throws Refused {
        String target = head.target.toString();
        check(target, head, elsewhere, source);
        String decoded = percentDecoded(target);
        if (decoded.length() < target.length()) {
            check(decoded, head, elsewhere, source);
        }
        for (RequestHead.Field field : head.fields) {
            String value = field.value().toString();
            check(value, head, elsewhere, source);
            String basic = basic(value);
            if (basic != null) {
                check(basic, head, elsewhere, source);
            }
        }
    }

    private static void check(
            String text, RequestHead head, List<SecretBinding> elsewhere, SecretSource source)
            throws Refused {
        if (hasForeign(text, source)) {
            throw new Refused(
                    Refusal.forbidden(
                            "it holds a placeholder of another sandbox, or of a secret that is"
                                    + " gone"));
        }
        for (SecretBinding binding : elsewhere) {
            if (text.contains(source.placeholder(binding.name()))) {
                throw new Refused(
                        Refusal.forbidden(
                                "it holds the placeholder of "
                                        + binding.name()
                                        + ", which is not for "
                                        + head.authority));
            }
        }
    }

    private static boolean hasForeign(String text, SecretSource source) {
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i < text.length() && isWord(text.charAt(i))) {
                continue;
            }
            if (i - start >= SHORTEST && source.isForeign(text.substring(start, i))) {
                return true;
            }
            start = i + 1;
        }
        return false;
    }

    private static boolean isWord(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '-'
                || c == '_';
    }

    /** What a header with Basic credentials says (RFC 7617); null if it has none. */
    static String basic(String value) {
        if (value == null || !value.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return null;
        }
        try {
            byte[] text = Base64.getDecoder().decode(value.substring(BASIC.length()).strip());
            return new String(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Escapes undone; what is none stays as it is. */
    static String percentDecoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (text.charAt(i) == '%' && high >= 0 && low >= 0) {
                out.append((char) (high << 4 | low));
                i += 2;
            } else {
                out.append(text.charAt(i));
            }
        }
        return out.toString();
    }
}

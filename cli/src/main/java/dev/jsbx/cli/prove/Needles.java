package dev.jsbx.cli.prove;

import dev.jsbx.cli.secret.SecretValue;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A value in every form in which programs keep one. Held in this process's heap until closed, so
 * for a process that ends soon.
 */
public final class Needles implements AutoCloseable {
    /** Shorter ones would be found by chance. */
    static final int SHORTEST = 6;

    private static final String SLASH = "/";

    private final List<Needle> needles = new ArrayList<>();
    private final Set<String> forms = new LinkedHashSet<>();
    private final byte[] value;

    private Needles(byte[] value) {
        this.value = value;
    }

    /**
     * All forms of a value.
     *
     * @throws IllegalArgumentException if it is too short to be told from chance
     */
    public static Needles of(SecretValue secret) {
        ByteBuffer bytes = secret.buffer();
        byte[] value = new byte[bytes.remaining()];
        bytes.get(value);
        if (value.length < SHORTEST) {
            Arrays.fill(value, (byte) 0);
            throw new IllegalArgumentException(
                    "a value of fewer than " + SHORTEST + " bytes is found by chance");
        }
        Needles all = new Needles(value);
        all.add("plain", value.clone());
        all.addBase64();
        all.addHex();
        all.addUrlEncoded();
        all.addJson();
        all.addWide();
        return all;
    }

    private void add(String form, byte[] bytes) {
        forms.add(form);
        boolean known = needles.stream().anyMatch(n -> Arrays.equals(n.bytes(), bytes));
        if (!known && bytes.length >= SHORTEST) {
            needles.add(new Needle(form, bytes));
        }
    }

    // Base64 of a longer text holds one of three forms, by where in it the value begins. Digits
    // that depend on its neighbours are left out.
    private void addBase64() {
        for (int offset = 0; offset < 3; offset++) {
            byte[] shifted = new byte[offset + value.length];
            System.arraycopy(value, 0, shifted, offset, value.length);
            int from = (offset * 8 + 5) / 6;
            int to = shifted.length * 8 / 6;
            String form = "base64 (at " + offset + ")";
            byte[] standard = Base64.getEncoder().encode(shifted);
            add(form, Arrays.copyOfRange(standard, from, to));
            byte[] url = Base64.getUrlEncoder().encode(shifted);
            add(form + " for URLs", Arrays.copyOfRange(url, from, to));
            Arrays.fill(shifted, (byte) 0);
        }
    }

    private void addHex() {
        String hex = HexFormat.of().formatHex(value);
        add("hex", ascii(hex));
        add("hex", ascii(hex.toUpperCase(Locale.ROOT)));
    }

    // RFC 3986 §2.1; encoders differ in what they leave alone and in the case of digits.
    private void addUrlEncoded() {
        for (String plain : new String[] {"-._~", "-._~/", "-._*", "-._~!$&'()*+,;=:@/?"}) {
            add("URL-encoded", encoded(plain, "%%%02X"));
            add("URL-encoded", encoded(plain, "%%%02x"));
        }
    }

    private byte[] encoded(String plain, String format) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte b : value) {
            boolean letter = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9';
            if (letter || plain.indexOf(b) >= 0) {
                out.write(b);
            } else {
                out.writeBytes(ascii(String.format(Locale.ROOT, format, b & 0xff)));
            }
        }
        return out.toByteArray();
    }

    // RFC 8259 §7: quotes and backslashes must be escaped, a slash may be, others as \\u00XX.
    private void addJson() {
        String text = new String(value, StandardCharsets.UTF_8);
        String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\t", "\\t");
        add("JSON", escaped.getBytes(StandardCharsets.UTF_8));
        add("JSON", escaped.replace(SLASH, "\\" + SLASH).getBytes(StandardCharsets.UTF_8));
        add("JSON", ascii(escaped(escaped, "")));
        add("JSON", ascii(escaped(escaped, "<>&")));
        add("JSON", ascii(escaped(escaped, "<>&='")));
    }

    private static String escaped(String text, String unsafe) {
        StringBuilder out = new StringBuilder();
        for (char c : text.toCharArray()) {
            if (c > '~' || unsafe.indexOf(c) >= 0) {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private void addWide() {
        String text = new String(value, StandardCharsets.UTF_8);
        add("UTF-16", text.getBytes(StandardCharsets.UTF_16LE));
        add("UTF-16", text.getBytes(StandardCharsets.UTF_16BE));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    List<Needle> all() {
        return needles;
    }

    /** The forms, in words; of a plain value several may be the same bytes. */
    Set<String> forms() {
        return forms;
    }

    @Override
    public void close() {
        Arrays.fill(value, (byte) 0);
        needles.forEach(needle -> Arrays.fill(needle.bytes(), (byte) 0));
        needles.clear();
    }
}

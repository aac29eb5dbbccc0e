package dev.jsbx.cli.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A query taken to pieces as signers do it: names and values in their order, escapes undone, a plus
 * sign being one.
 */
record AwsQuery(String path, Map<String, List<String>> parameters) {
    static AwsQuery of(String target) {
        int at = target.indexOf('?');
        return new AwsQuery(
                at < 0 ? target : target.substring(0, at),
                parse(at < 0 ? "" : target.substring(at + 1)));
    }

    /** A query, or a form, which is written alike. */
    static Map<String, List<String>> parse(String query) {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        for (String each : query.split("&")) {
            if (!each.isEmpty()) {
                int equals = each.indexOf('=');
                String name = decoded(equals < 0 ? each : each.substring(0, equals));
                String value = equals < 0 ? "" : decoded(each.substring(equals + 1));
                parameters.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        String undone = Words.percentDecoded(text); // characters are bytes
        for (int i = 0; i < undone.length(); i++) {
            bytes.write(undone.charAt(i));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** The first value of a name; null if there is none. */
    String first(String name) {
        List<String> values = parameters.get(name);
        return values == null ? null : values.getFirst();
    }
}

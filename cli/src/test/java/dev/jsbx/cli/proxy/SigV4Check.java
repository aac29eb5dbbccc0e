package dev.jsbx.cli.proxy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signature Version 4 from a request's bytes, as a service checks it; none of the SDK's code. */
final class SigV4Check {
    private SigV4Check() {}

    /** The signature that a header-signed request must have. */
    static String signature(String head, byte[] body, String secret, boolean s3) throws Exception {
        String authorization = RawServer.header(head, "authorization");
        String[] scope = part(authorization, "Credential=").split("/", 2)[1].split("/");
        String declared = RawServer.header(head, "x-amz-content-sha256");
        String payload = declared == null ? hash(body) : declared;
        String target = head.split(" ")[1];
        String canonical =
                canonical(head, target, part(authorization, "SignedHeaders="), payload, s3, false);
        return sign(canonical, RawServer.header(head, "x-amz-date"), scope, secret);
    }

    /** The signature that a presigned request must have. */
    static String presigned(String head, String secret) throws Exception {
        String target = head.split(" ")[1];
        AwsQuery query = AwsQuery.of(target);
        String[] scope = query.first("X-Amz-Credential").split("/", 2)[1].split("/");
        String payload = RawServer.header(head, "x-amz-content-sha256");
        String canonical =
                canonical(
                        head,
                        target,
                        query.first("X-Amz-SignedHeaders"),
                        payload == null ? "UNSIGNED-PAYLOAD" : payload,
                        true,
                        true);
        return sign(canonical, query.first("X-Amz-Date"), scope, secret);
    }

    static String part(String authorization, String name) {
        int start = authorization.indexOf(name) + name.length();
        int end = authorization.indexOf(',', start);
        return authorization.substring(start, end < 0 ? authorization.length() : end);
    }

    private static String canonical(
            String head, String target, String signed, String payload, boolean s3, boolean query)
            throws Exception {
        int at = target.indexOf('?');
        String path = at < 0 ? target : target.substring(0, at);
        StringBuilder text = new StringBuilder(head.split(" ")[0]).append('\n');
        text.append(s3 ? path : encode(path, true)).append('\n');
        text.append(query(at < 0 ? "" : target.substring(at + 1), query)).append('\n');
        for (String name : signed.split(";")) {
            String value = RawServer.header(head, name);
            text.append(name).append(':').append(value.replaceAll(" +", " ")).append('\n');
        }
        return text.append('\n').append(signed).append('\n').append(payload).toString();
    }

    private static String query(String query, boolean presigned) {
        TreeMap<String, List<String>> sorted = new TreeMap<>();
        AwsQuery.parse(query).forEach((name, values) -> sorted.put(encode(name, false), values));
        if (presigned) {
            sorted.remove("X-Amz-Signature");
        }
        return sorted.entrySet().stream()
                .flatMap(
                        each ->
                                each.getValue().stream()
                                        .map(value -> encode(value, false))
                                        .sorted()
                                        .map(value -> each.getKey() + "=" + value))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text, boolean path) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0);
            out.append(plain || path && c == '/' ? "" + c : "%%%02X".formatted((int) c));
        }
        return out.toString();
    }

    private static String sign(String canonical, String date, String[] scope, String secret)
            throws Exception {
        String name = String.join("/", scope);
        String text =
                "AWS4-HMAC-SHA256\n"
                        + date
                        + "\n"
                        + name
                        + "\n"
                        + hash(canonical.getBytes(StandardCharsets.UTF_8));
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String each : Arrays.asList(scope)) {
            key = hmac(key, each);
        }
        return HexFormat.of().formatHex(hmac(key, text));
    }

    private static byte[] hmac(byte[] key, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    static String hash(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}

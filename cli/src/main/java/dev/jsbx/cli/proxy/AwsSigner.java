package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Hands a request to the AWS SDK's signer, and takes what it has added. Closes its credentials. */
final class AwsSigner implements AutoCloseable {
    private static final String MAX_AGE = "X-Amz-Expires";

    private final AwsScope scope;
    private final AwsCredentials credentials;
    private final boolean secure;

    AwsSigner(AwsScope scope, AwsCredentials credentials, boolean secure) {
        this.scope = scope;
        this.credentials = credentials;
        this.secure = secure;
    }

    /**
     * Replaces the guest's signature. What the SDK signs is what its own canonical form says, with
     * words for the credentials; its signature by the key's word must come out of that again, so
     * that the one by the key itself is right, too.
     *
     * @param body null to leave it out of the signature, which S3 allows over TLS; stays the
     *     caller's
     */
    void sign(RequestHead head, ByteBuf body) throws Refused {
        AwsQuery query = AwsQuery.of(head.target.toString());
        try {
            boolean hashed = body != null && !(scope.presigned() && scope.isS3());
            SdkHttpRequest signed = signed(head, query, hashed ? body : null);
            AwsCanonical canonical = AwsCanonical.of(scope, signed, hashed ? body : null);
            String word = canonical.signature();
            if (!word.equals(canonical.sign(AwsKey.ofWord(), canonical.text()))) {
                throw new Refused(Refusal.badRequest("it is not signed as it is written"));
            }
            write(head, query, signed, word, signature(canonical));
        } catch (IllegalArgumentException e) {
            // Not with its cause or message, which may hold what was to be signed.
            throw new Refused(Refusal.badRequest("it cannot be signed by Signature Version 4"));
        }
    }

    private String signature(AwsCanonical canonical) throws Refused {
        CharSequence text = credentials.fill(canonical.text(), scope.presigned());
        try {
            return canonical.sign(credentials.key(), text);
        } finally {
            if (text instanceof SecretText secret) {
                secret.close();
            }
        }
    }

    private void write(
            RequestHead head, AwsQuery query, SdkHttpRequest signed, String word, String signature)
            throws Refused {
        if (scope.presigned()) {
            String written = signed.encodedQueryParameters().orElse("").replace(word, signature);
            head.target = credentials.fill(query.path() + "?" + written, true);
        }
        head.remove("authorization");
        head.remove("date");
        for (RequestHead.Field field : List.copyOf(head.fields)) {
            if (field.name().toLowerCase(Locale.ROOT).startsWith("x-amz-")) {
                head.remove(field.name());
            }
        }
        for (Map.Entry<String, List<String>> each : signed.headers().entrySet()) {
            if (each.getKey().equalsIgnoreCase("host")) {
                head.authority = each.getValue().getFirst();
            } else if (added(each.getKey())) {
                String value = String.join(",", each.getValue()).replace(word, signature);
                head.set(each.getKey(), credentials.fill(value, false));
            }
        }
    }

    private static boolean added(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals("authorization") || lower.startsWith("x-amz-");
    }

    private SdkHttpRequest signed(RequestHead head, AwsQuery query, ByteBuf body) {
        SignRequest.Builder<AwsCredentialsIdentity> request =
                SignRequest.builder(credentials.words())
                        .request(unsigned(head, query))
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, scope.service())
                        .putProperty(AwsV4HttpSigner.REGION_NAME, scope.region())
                        .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, !scope.isS3())
                        .putProperty(AwsV4FamilyHttpSigner.NORMALIZE_PATH, !scope.isS3())
                        .putProperty(AwsV4HttpSigner.SIGNING_CLOCK, Clock.systemUTC());
        request.putProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, body != null);
        if (body != null) {
            request.payload(content(body));
        }
        if (scope.presigned()) {
            request.putProperty(
                    AwsV4FamilyHttpSigner.AUTH_LOCATION,
                    AwsV4FamilyHttpSigner.AuthLocation.QUERY_STRING);
            if (query.first(MAX_AGE) != null) {
                request.putProperty(
                        AwsV4FamilyHttpSigner.EXPIRATION_DURATION,
                        Duration.ofSeconds(Long.parseLong(query.first(MAX_AGE))));
            }
        }
        SignedRequest signed = AwsV4HttpSigner.create().sign(request.build());
        return signed.request();
    }

    private static ContentStreamProvider content(ByteBuf body) {
        return () -> new ByteBufInputStream(body.slice());
    }

    // Only what the guest has signed is signed again: the rest is not for the service to check.
    private SdkHttpRequest unsigned(RequestHead head, AwsQuery query) {
        Map<String, List<String>> parameters = new LinkedHashMap<>(query.parameters());
        parameters.keySet().removeIf(name -> scope.presigned() && isSignature(name));
        SdkHttpRequest.Builder builder =
                SdkHttpRequest.builder()
                        .method(SdkHttpMethod.fromValue(head.method))
                        .protocol(secure ? "https" : "http")
                        .host(host(head.authority))
                        .encodedPath(query.path())
                        .rawQueryParameters(parameters);
        int port = port(head.authority);
        if (port > 0) {
            builder.port(port);
        }
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (RequestHead.Field field : head.fields) {
            String name = field.name().toLowerCase(Locale.ROOT);
            if (isSigned(name)) {
                headers.computeIfAbsent(name, key -> new ArrayList<>())
                        .add(field.value().toString());
            }
        }
        headers.forEach(builder::putHeader);
        return builder.build();
    }

    private boolean isSigned(String name) {
        return switch (name) {
            case "authorization",
                    "host",
                    "date",
                    "content-length",
                    "x-amz-date",
                    "x-amz-security-token",
                    "x-amz-content-sha256" ->
                    false;
            default -> name.startsWith("x-amz-") || scope.signedHeaders().contains(name);
        };
    }

    private static boolean isSignature(String name) {
        return switch (name) {
            case "X-Amz-Algorithm",
                    "X-Amz-Credential",
                    "X-Amz-Date",
                    "X-Amz-Expires",
                    "X-Amz-SignedHeaders",
                    "X-Amz-Signature",
                    "X-Amz-Security-Token" ->
                    true;
            default -> false;
        };
    }

    private static String host(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon < 0 ? authority : authority.substring(0, colon);
    }

    private static int port(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon < 0 ? 0 : Integer.parseInt(authority.substring(colon + 1));
    }

    @Override
    public void close() {
        credentials.close();
    }
}

package dev.jsbx.cli.proxy;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request that is signed by Signature Version 4 says of itself.
 *
 * @param accessKey whose signature it is said to be
 * @param region such as {@code eu-central-1}
 * @param service as signatures name it
 * @param signedHeaders in lower case
 * @param presigned whether the signature is in the query
 */
record AwsScope(
        String accessKey,
        String region,
        String service,
        List<String> signedHeaders,
        boolean presigned) {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final Pattern CREDENTIAL =
            Pattern.compile("([^/]+)/\\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request");
    private static final Pattern REGION = Pattern.compile("[a-z]{2}(-[a-z]+)+-\\d");

    /**
     * @return null for a request that is signed in no way, or in another
     */
    static AwsScope of(RequestHead head) {
        String authorization = head.value("authorization");
        if (authorization != null && authorization.startsWith(ALGORITHM + " ")) {
            String credential = parameter(authorization, "Credential=");
            String signed = parameter(authorization, "SignedHeaders=");
            return of(credential, signed, false);
        }
        AwsQuery query = AwsQuery.of(head.target.toString());
        return ALGORITHM.equals(query.first("X-Amz-Algorithm"))
                ? of(query.first("X-Amz-Credential"), query.first("X-Amz-SignedHeaders"), true)
                : null;
    }

    private static AwsScope of(String credential, String signed, boolean presigned) {
        if (credential == null || signed == null) {
            return null;
        }
        Matcher matcher = CREDENTIAL.matcher(credential);
        return matcher.matches()
                ? new AwsScope(
                        matcher.group(1),
                        matcher.group(2),
                        matcher.group(3),
                        List.of(signed.toLowerCase(Locale.ROOT).split(";")),
                        presigned)
                : null;
    }

    private static String parameter(String authorization, String name) {
        int start = authorization.indexOf(name);
        if (start < 0) {
            return null;
        }
        int end = authorization.indexOf(',', start);
        return authorization
                .substring(start + name.length(), end < 0 ? authorization.length() : end)
                .strip();
    }

    /** Whether it is for a region other than the one that its host is in. */
    boolean contradicts(String host) {
        for (String label : host.split("\\.")) {
            if (REGION.matcher(label).matches()) {
                return !label.equals(region);
            }
        }
        return false;
    }

    boolean isS3() {
        return service.equals("s3") || service.equals("s3-object-lambda");
    }
}

package dev.jsbx.cli.proxy;

import dev.jsbx.cli.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * Credentials for the signer, which takes Strings and nothing else: they lie on the Java heap from
 * here until the garbage collector takes them, one request long. They never leave the signer but as
 * a signature, and the access key and session token in a header.
 */
final class AwsCredentials {
    private final String accessKey;
    private final String secretKey;
    private final String sessionToken;

    /**
     * @param sessionToken null for none
     */
    AwsCredentials(String accessKey, String secretKey, String sessionToken) {
        this.accessKey = accessKey;
        this.secretKey = secretKey;
        this.sessionToken = sessionToken;
    }

    static String text(SecretValue value) {
        return value == null ? null : StandardCharsets.US_ASCII.decode(value.buffer()).toString();
    }

    AwsCredentialsIdentity identity() {
        return sessionToken == null
                ? AwsCredentialsIdentity.create(accessKey, secretKey)
                : AwsSessionCredentialsIdentity.create(accessKey, secretKey, sessionToken);
    }

    /** Never a value. */
    @Override
    public String toString() {
        return "AWS credentials";
    }
}

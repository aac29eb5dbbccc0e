package dev.jsbx.cli.proxy;

import dev.jsbx.cli.secret.SecretBinding.AwsCredential;
import dev.jsbx.cli.secret.SecretSource;
import dev.jsbx.cli.secret.SecretValue;
import java.util.List;
import java.util.Map;

/** to be replaced in the same series. */
final class AwsRequest {
    static AwsRequest find(
            RequestHead head,
            String host,
            Map<AwsCredential.Part, String> names,
            SecretSource source)
            throws Refused {
        return null;
    }

    List<String> secrets() {
        return List.of();
    }

    Prepared prepare(
            RequestHead head, Needles needles, BodyStep step, Map<String, SecretValue> values)
            throws Refused {
        return new Prepared(head, needles, step, null);
    }
}

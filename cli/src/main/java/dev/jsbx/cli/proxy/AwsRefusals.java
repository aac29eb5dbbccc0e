package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Requests that are not signed, as their answers would hand credentials to the guest. */
final class AwsRefusals {
    /** Of the token service only what hands out none. */
    private static final Set<String> STS =
            Set.of("GetCallerIdentity", "GetAccessKeyInfo", "DecodeAuthorizationMessage");

    private static final Map<String, Set<String>> OTHERS =
            Map.of(
                    "iam",
                    Set.of(
                            "CreateAccessKey",
                            "CreateServiceSpecificCredential",
                            "ResetServiceSpecificCredential",
                            "CreateLoginProfile",
                            "UpdateLoginProfile"),
                    "cognito-identity",
                    Set.of(
                            "GetCredentialsForIdentity",
                            "GetOpenIdToken",
                            "GetOpenIdTokenForDeveloperIdentity"));

    private AwsRefusals() {}

    /**
     * @param body of the request, as far as it is a form; may be empty
     */
    static void check(AwsScope scope, RequestHead head, ByteBuf body) throws Refused {
        AwsQuery query = AwsQuery.of(head.target.toString());
        if (scope.service().startsWith("s3")) {
            if (query.parameters().containsKey("session")) {
                throw refused("CreateSession");
            }
            return;
        }
        String action = action(head, query, body);
        if (scope.service().equals("sts") && !STS.contains(String.valueOf(action))
                || OTHERS.getOrDefault(scope.service(), Set.of()).contains(action)) {
            throw refused(action);
        }
    }

    private static String action(RequestHead head, AwsQuery query, ByteBuf body) throws Refused {
        String target = head.value("x-amz-target");
        List<String> form =
                AwsQuery.parse(body.toString(StandardCharsets.ISO_8859_1).strip()).get("Action");
        String asked = query.first("Action");
        if (form != null && (form.size() > 1 || asked != null && !asked.equals(form.getFirst()))) {
            throw new Refused(Refusal.badRequest("it names more than one action"));
        }
        return target != null
                ? target.substring(target.lastIndexOf('.') + 1)
                : asked != null ? asked : form == null ? null : form.getFirst();
    }

    private static Refused refused(String action) {
        return new Refused(
                Refusal.forbidden(
                        "the answer to "
                                + (action == null ? "it" : action)
                                + " would hand credentials to the guest"));
    }
}

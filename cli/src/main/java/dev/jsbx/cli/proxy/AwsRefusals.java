package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
        List<String> actions = actions(head, query, body);
        boolean sts = scope.service().equals("sts");
        if (sts && actions.isEmpty()) {
            throw refused("it");
        }
        Set<String> others = OTHERS.getOrDefault(scope.service(), Set.of());
        for (String action : actions) {
            if (sts && !STS.contains(action) || others.contains(action)) {
                throw refused(action);
            }
        }
    }

    // Wherever an action may stand: the service may look elsewhere than we would.
    private static List<String> actions(RequestHead head, AwsQuery query, ByteBuf body) {
        List<String> actions = new ArrayList<>();
        for (RequestHead.Field field : head.fields) {
            if (field.name().equalsIgnoreCase("x-amz-target")) {
                String target = field.value().toString();
                actions.add(target.substring(target.lastIndexOf('.') + 1));
            }
        }
        actions.addAll(query.parameters().getOrDefault("Action", List.of()));
        String form = body.toString(StandardCharsets.ISO_8859_1).strip();
        actions.addAll(AwsQuery.parse(form).getOrDefault("Action", List.of()));
        return actions;
    }

    private static Refused refused(String action) {
        return new Refused(
                Refusal.forbidden(
                        "the answer to " + action + " would hand credentials to the guest"));
    }
}

package dev.jsbx.cli.secret;

import dev.jsbx.cli.secret.SecretBinding.AwsCredential;
import dev.jsbx.cli.secret.SecretBinding.Basic;
import dev.jsbx.cli.secret.SecretBinding.Header;
import dev.jsbx.cli.secret.SecretBinding.Injection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Services whose hosts, variables and header forms jsbx knows. */
public final class KnownServices {
    private static final Map<String, SecretBinding> SERVICES = new LinkedHashMap<>();

    static {
        service(
                "anthropic",
                List.of("api.anthropic.com"),
                List.of(new Header("x-api-key", "{}")),
                "ANTHROPIC_API_KEY");
        service(
                "openai",
                List.of("api.openai.com"),
                List.of(new Header("Authorization", "Bearer {}")),
                "OPENAI_API_KEY");
        service(
                "google",
                List.of("generativelanguage.googleapis.com"),
                List.of(new Header("x-goog-api-key", "{}")),
                "GEMINI_API_KEY",
                "GOOGLE_API_KEY");
        service(
                "github",
                List.of("api.github.com", "uploads.github.com", "github.com"),
                List.of(
                        new Header("Authorization", "Bearer {}"),
                        new Basic(Optional.of("x-access-token"))),
                "GH_TOKEN",
                "GITHUB_TOKEN");
        service(
                "gitlab",
                List.of("gitlab.com"),
                List.of(new Header("PRIVATE-TOKEN", "{}"), new Basic(Optional.of("oauth2"))),
                "GITLAB_TOKEN");
        service(
                "npm",
                List.of("*.npmjs.org"),
                List.of(new Header("Authorization", "Bearer {}")),
                "NPM_TOKEN",
                "NODE_AUTH_TOKEN");
        service(
                "pypi",
                List.of("upload.pypi.org"),
                List.of(new Basic(Optional.of("__token__"))),
                "TWINE_PASSWORD");
        service(
                "docker",
                List.of("auth.docker.io", "hub.docker.com"),
                List.of(new Basic(Optional.empty())),
                "DOCKER_TOKEN");
        aws("AWS_ACCESS_KEY_ID", AwsCredential.Part.ACCESS_KEY_ID);
        aws("AWS_SECRET_ACCESS_KEY", AwsCredential.Part.SECRET_ACCESS_KEY);
        aws("AWS_SESSION_TOKEN", AwsCredential.Part.SESSION_TOKEN);
    }

    private KnownServices() {}

    private static void service(
            String name, List<String> hosts, List<Injection> injections, String... environment) {
        SERVICES.put(
                name,
                new SecretBinding(
                        name,
                        Optional.empty(),
                        hosts,
                        injections,
                        List.of(environment),
                        Optional.empty(),
                        false));
    }

    private static void aws(String variable, AwsCredential.Part part) {
        service(
                variable,
                List.of("**.amazonaws.com", "**.api.aws"),
                List.of(new AwsCredential(part)),
                variable);
    }

    /** The binding of a service, or of one of the variables it is known by. */
    public static Optional<SecretBinding> find(String name) {
        SecretBinding service = SERVICES.get(name);
        if (service != null) {
            return Optional.of(service);
        }
        return SERVICES.values().stream()
                .filter(known -> known.environment().contains(name))
                .findFirst();
    }

    /** All services, by name. */
    public static Map<String, SecretBinding> all() {
        return java.util.Collections.unmodifiableMap(SERVICES);
    }
}

package dev.jsbx.cli.secret;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a secret is for. The value itself is elsewhere, so this may be printed and logged.
 *
 * @param name of the secret, such as {@code anthropic} or {@code AWS_ACCESS_KEY_ID}
 * @param sandbox the only sandbox that may use it; empty for all
 * @param hosts patterns of the hosts that may receive it: a name, {@code *.name} for one label or
 *     {@code **.name} for any depth; with {@code :port}, else 443
 * @param injections how a request carries it
 * @param environment names under which the guest sees the placeholder
 * @param command prints the value at the time of use; empty if the value is stored
 * @param plainHttp whether it may also go over HTTP without TLS
 * @param placeholder the shape of what the guest sees, as {@link PlaceholderShape#of} takes it;
 *     empty for that of the service, or a general one
 */
public record SecretBinding(
        String name,
        Optional<String> sandbox,
        List<String> hosts,
        List<Injection> injections,
        List<String> environment,
        Optional<String> command,
        boolean plainHttp,
        Optional<String> placeholder) {

    public SecretBinding {
        hosts = List.copyOf(hosts);
        injections = List.copyOf(injections);
        environment = List.copyOf(environment);
    }

    /** One with a placeholder of the usual shape. */
    public SecretBinding(
            String name,
            Optional<String> sandbox,
            List<String> hosts,
            List<Injection> injections,
            List<String> environment,
            Optional<String> command,
            boolean plainHttp) {
        this(name, sandbox, hosts, injections, environment, command, plainHttp, Optional.empty());
    }

    /** Those that a sandbox may use: what is for all, and its own, which wins by its name. */
    static List<SecretBinding> usableBy(String sandbox, List<SecretBinding> all) {
        Map<String, SecretBinding> usable = new LinkedHashMap<>();
        for (SecretBinding binding : all) {
            if (binding.sandbox.isEmpty()) {
                usable.putIfAbsent(binding.name, binding);
            } else if (binding.sandbox.get().equals(sandbox)) {
                usable.put(binding.name, binding);
            }
        }
        return List.copyOf(usable.values());
    }

    /** How a request carries a secret. */
    public sealed interface Injection {
        /** One word for a table. */
        String describe();
    }

    /**
     * A header that the proxy sets, whatever the guest sent in it.
     *
     * @param header its name
     * @param template its value, with {@code {}} where the secret goes
     */
    public record Header(String header, String template) implements Injection {
        @Override
        public String describe() {
            return header + ": " + template;
        }
    }

    /**
     * Basic authentication with the secret as the password (RFC 7617).
     *
     * @param user the user name; empty to keep the guest's
     */
    public record Basic(Optional<String> user) implements Injection {
        @Override
        public String describe() {
            return "basic " + user.orElse("*");
        }
    }

    /** Wherever the placeholder stands in a header, a query or a form body, it is replaced. */
    public record Replacement(boolean query, boolean body) implements Injection {
        @Override
        public String describe() {
            return "placeholder" + (query ? "+query" : "") + (body ? "+body" : "");
        }
    }

    /** A part of AWS credentials: requests are signed anew by Signature Version 4. */
    public record AwsCredential(Part part) implements Injection {
        /** Which part. */
        public enum Part {
            ACCESS_KEY_ID,
            SECRET_ACCESS_KEY,
            SESSION_TOKEN
        }

        @Override
        public String describe() {
            return "sigv4 " + part.name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}

package dev.jsbx.cli.secret.command;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.secret.KnownServices;
import dev.jsbx.cli.secret.PlaceholderShape;
import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretBinding.Basic;
import dev.jsbx.cli.secret.SecretBinding.Header;
import dev.jsbx.cli.secret.SecretBinding.Injection;
import dev.jsbx.cli.secret.SecretBinding.Replacement;
import dev.jsbx.cli.secret.SecretHosts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a user wants a secret bound to, unchecked. What is left out comes from the service, if it is
 * one that jsbx knows.
 */
public final class BindingRequest {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,99}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+"); // RFC 9110

    /** What the guest cannot do without, and headers that say where a request goes and ends. */
    private static final Set<String> VARIABLES_IN_USE =
            Set.of("PATH", "HOME", "SHELL", "USER", "LOGNAME", "LANG", "TERM");

    private static final Set<String> HEADERS_IN_USE =
            Set.of("host", "content-length", "transfer-encoding", "connection", "upgrade", "te");

    private final String name;
    private final Optional<String> sandbox;
    private final List<String> hosts = new ArrayList<>();
    private final List<String> variables = new ArrayList<>();
    private final List<Injection> injections = new ArrayList<>();
    private boolean query;
    private boolean body;
    private boolean plainHttp;
    private String command;
    private String placeholder;

    /**
     * @param name a service, one of its variables, or a name of the user's own
     * @param sandbox the only sandbox that may use it
     */
    public BindingRequest(String name, Optional<String> sandbox) {
        if (!NAME.matcher(name).matches()) {
            throw Failure.usage(
                    "the name \""
                            + shown(name)
                            + "\" is none: use up to 100 letters, digits and . _ : -");
        }
        this.name = name;
        this.sandbox = sandbox;
    }

    // What was meant as a name may be a value.
    private static String shown(String name) {
        return name.length() > 20 ? name.substring(0, 4) + "…" : name;
    }

    /** Hosts that may receive it, in place of the service's. */
    public BindingRequest hosts(String... patterns) {
        for (String pattern : patterns) {
            try {
                hosts.add(SecretHosts.parse(pattern));
            } catch (IllegalArgumentException e) {
                throw Failure.usage(e.getMessage());
            }
        }
        return this;
    }

    /** Variables of the guest that hold its placeholder, in place of the service's. */
    public BindingRequest variables(String... names) {
        for (String variable : names) {
            if (!VARIABLE.matcher(variable).matches() || VARIABLES_IN_USE.contains(variable)) {
                throw Failure.usage(
                        "--env " + variable + " is no variable for a secret: name another one");
            }
            variables.add(variable);
        }
        return this;
    }

    /** A header to set, such as {@code x-api-key: {}}. */
    public BindingRequest header(String text) {
        int colon = text.indexOf(':');
        String header = colon < 0 ? "" : text.substring(0, colon).strip();
        String template = text.substring(colon + 1).strip();
        if (!TOKEN.matcher(header).matches()
                || !template.contains("{}")
                || template.indexOf("{}") != template.lastIndexOf("{}")
                || template.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw Failure.usage("--header " + text + " is none: write it as 'x-api-key: {}'");
        }
        if (HEADERS_IN_USE.contains(header.toLowerCase(Locale.ROOT))) {
            throw Failure.usage(
                    "--header " + header + " says where a request goes or ends: use another one");
        }
        injections.add(new Header(header, template));
        return this;
    }

    /** Basic authentication with the secret as password. */
    public BindingRequest basic(String user) {
        if (user.indexOf(':') >= 0 || user.chars().anyMatch(c -> c < ' ')) {
            throw Failure.usage("the user name " + user + " has a colon or line end in it");
        }
        injections.add(new Basic(user.isEmpty() ? Optional.empty() : Optional.of(user)));
        return this;
    }

    /** Where the placeholder is replaced beside headers. */
    public BindingRequest places(boolean inQuery, boolean inBody) {
        query = inQuery;
        body = inBody;
        return this;
    }

    /** Whether it may also go over HTTP without TLS. */
    public BindingRequest plainHttp(boolean allowed) {
        plainHttp = allowed;
        return this;
    }

    /** What prints the value when it is needed; null to store one. */
    public BindingRequest command(String text) {
        if (text != null && text.isBlank()) {
            throw Failure.usage("--command is empty: use one that prints the value");
        }
        command = text;
        return this;
    }

    /** The shape of what the guest sees, such as {@code sk-{rand}}; null for the usual one. */
    public BindingRequest placeholder(String shape) {
        if (shape != null) {
            try {
                PlaceholderShape.of(shape);
            } catch (IllegalArgumentException e) {
                throw Failure.usage("--placeholder " + shape + ": " + e.getMessage());
            }
        }
        placeholder = shape;
        return this;
    }

    /**
     * The binding.
     *
     * @throws Failure if it would be bound to no host, or be of no use
     */
    public SecretBinding bind() {
        if (name.equals("aws")) {
            throw Failure.usage(
                    "aws has several secrets: set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for"
                            + " credentials that expire, AWS_SESSION_TOKEN");
        }
        SecretBinding base = KnownServices.find(name).orElseGet(this::custom);
        return new SecretBinding(
                base.name(),
                sandbox,
                hosts.isEmpty() ? base.hosts() : hosts,
                injections(base),
                variables.isEmpty() ? base.environment() : variables,
                Optional.ofNullable(command),
                plainHttp || base.plainHttp(),
                Optional.ofNullable(placeholder));
    }

    private List<Injection> injections(SecretBinding base) {
        List<Injection> all =
                new ArrayList<>(injections.isEmpty() ? base.injections() : injections);
        if (query || body) {
            all.removeIf(Replacement.class::isInstance);
            all.add(new Replacement(query, body));
        }
        return all;
    }

    private SecretBinding custom() {
        if (hosts.isEmpty()) {
            throw Failure.usage(
                    shown(name)
                            + " is no service that jsbx knows ("
                            + String.join(", ", KnownServices.all().keySet())
                            + ") and bound to no host: add --host");
        }
        List<String> own =
                VARIABLE.matcher(name).matches() && !VARIABLES_IN_USE.contains(name)
                        ? List.of(name)
                        : List.of();
        if (injections.isEmpty() && variables.isEmpty() && own.isEmpty()) {
            throw Failure.usage(
                    "nothing inside would hold the placeholder of "
                            + name
                            + ": add --env NAME, or say with --header how requests carry it");
        }
        return new SecretBinding(
                name,
                sandbox,
                hosts,
                List.of(new Replacement(false, false)),
                own,
                Optional.empty(),
                false);
    }
}

package dev.jsbx.cli;

import dev.jsbx.cli.prove.SecretProving;
import dev.jsbx.cli.sandbox.SandboxName;
import dev.jsbx.cli.secret.KnownServices;
import dev.jsbx.cli.secret.command.BindingRequest;
import dev.jsbx.cli.secret.command.HostImport;
import dev.jsbx.cli.secret.command.Reference;
import dev.jsbx.cli.secret.command.SecretList;
import dev.jsbx.cli.secret.command.SecretRemoval;
import dev.jsbx.cli.secret.command.SecretSetting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code jsbx secret}: what sandboxes may use and never see. Takes both generations of {@code
 * sbx}'s spellings: a sandbox by {@code --sandbox} or as the word before the secret's name.
 */
final class SecretCommand {
    private static final String IN_SIGHT =
            " would show the value to everybody on this host who lists processes: give it on"
                    + " standard input, as in gh auth token | jsbx secret set github";

    private final List<String> words = new ArrayList<>();
    private Optional<String> sandbox = Optional.empty();
    private boolean global;
    private boolean force;
    private boolean all;
    private boolean json;
    private boolean dryRun;
    private String[] hosts = {};
    private String[] variables = {};
    private String[] headers = {};
    private String basic;
    private String registry;
    private String registryAuth;
    private String placeholder;
    private String command;
    private boolean query;
    private boolean body;
    private boolean plainHttp;
    private boolean unverified;
    private boolean showErrors;

    CommandSpec spec() {
        CommandSpec spec =
                Spec.of(
                                "secret",
                                "Keep secrets that sandboxes use and never see.",
                                () -> {
                                    throw Failure.usage(
                                            "secret takes a command: see jsbx secret --help");
                                })
                        .build();
        spec.addSubcommand("set", set("set"));
        CommandSpec custom = set("set-custom");
        custom.usageMessage().hidden(true);
        spec.addSubcommand("set-custom", custom);
        spec.addSubcommand("ls", ls());
        spec.addSubcommand("rm", rm());
        spec.addSubcommand("import", hostImport());
        spec.addSubcommand("prove", prove());
        return spec;
    }

    private Spec scoped(String name, String description, Callable<Integer> work) {
        return Spec.of(name, description, work)
                .value(
                        "--sandbox",
                        "NAME",
                        "For this sandbox only; its own wins over one for all",
                        text -> sandbox = Optional.of(SandboxName.check(text)))
                .flag("-g --global", "For all sandboxes, which is usual", on -> global = on);
    }

    private CommandSpec set(String word) {
        return scoped(
                        word,
                        "Store a secret. Its value comes from standard input, a prompt, or"
                                + " --command; never from the command line.",
                        this::set)
                .values("--host", "HOST", "May receive it (api.example.com)", v -> hosts = v)
                .values("--env", "NAME", "Holds its placeholder inside", v -> variables = v)
                .values("--header", "'NAME: {}'", "Header to send it in", v -> headers = v)
                .value("--basic", "USER", "Send it as a password of this user", v -> basic = v)
                .value(
                        "--placeholder",
                        "'sk-{rand}'",
                        "Shape of what is seen inside, different in each sandbox",
                        v -> placeholder = v)
                .flag("--query", "Replace the placeholder in queries, too", on -> query = on)
                .flag("--body", "Replace it in bodies of forms and JSON, too", on -> body = on)
                .flag("--plain-http", "Let it go over HTTP without TLS, too", on -> plainHttp = on)
                .value(
                        "--command",
                        "COMMAND",
                        "Have this print the value each time it is needed",
                        v -> command = v)
                .value(
                        "--ref",
                        "REFERENCE",
                        "Read it by op or aws each time (op://…, arn:aws:secretsmanager:…)",
                        v -> command = Reference.command(v))
                .value("--refresh", "TIME", "Changes nothing: it is read when needed", v -> {})
                .flag("--no-verify", "Do not try the command now", on -> unverified = on)
                .flag("--show-error", "Show what it says on standard error", on -> showErrors = on)
                .value(
                        "--registry",
                        "HOST",
                        "The secret is a registry's password",
                        r -> registry = r)
                .value(
                        "--registry-auth-endpoint",
                        "HOST",
                        "Where the registry's tokens come from, if elsewhere",
                        v -> registryAuth = v)
                .value("--username", "USER", "The registry's user", v -> basic = v)
                .flag("--password-stdin", "Changes nothing: it is so anyway", on -> {})
                .flag("--all-sandboxes", "For all sandboxes, which is usual", on -> global = on)
                .flag("-f --force", "Do not ask; jsbx never does here", on -> force = on)
                .flag("--oauth", "Refused", on -> noSignIn())
                .value("-t --token", "VALUE", "Refused", v -> inSight("-t"))
                .value("--value", "VALUE", "Refused", v -> inSight("--value"))
                .words(
                        "NAME",
                        "0..*",
                        "anthropic, openai, google, github, gitlab, npm, pypi, docker,"
                                + " AWS_ACCESS_KEY_ID and its like, or a name of your own",
                        this::takeWords)
                .build();
    }

    private static void noSignIn() {
        throw Failure.usage(
                "--oauth: jsbx signs in nowhere itself; sign in with the service's own tool on this"
                        + " host, and name what prints the token with --command");
    }

    private static void inSight(String option) {
        throw Failure.usage(option + IN_SIGHT);
    }

    private void takeWords(String[] given) {
        words.addAll(Arrays.asList(given));
    }

    // NAME, or SANDBOX NAME as sbx once had it.
    private Optional<String> name() {
        if (words.size() == 2 && sandbox.isEmpty() && !global) {
            if (isService(words.getFirst()) && !isService(words.getLast())) {
                inSight("a value among the words");
            }
            sandbox = Optional.of(SandboxName.check(words.removeFirst()));
        }
        if (words.size() > 1) {
            throw Failure.usage(
                    "one name, not " + words.size() + " words: a value is not one of them");
        }
        if (global && sandbox.isPresent()) {
            throw Failure.usage("for all sandboxes or for " + sandbox.get() + ": choose one");
        }
        return words.stream().findFirst();
    }

    private static boolean isService(String word) {
        return KnownServices.find(word).isPresent();
    }

    private int set() {
        Optional<String> name = name();
        if (registry == null && registryAuth != null) {
            throw Failure.usage("--registry-auth-endpoint is a registry's: name it by --registry");
        }
        if (registry != null) {
            hosts = registryHosts();
        }
        String chosen =
                name.or(() -> Optional.ofNullable(registry))
                        .or(() -> Arrays.stream(variables).findFirst())
                        .orElseThrow(
                                () ->
                                        Failure.usage(
                                                "which secret? as in: jsbx secret set anthropic"));
        BindingRequest request =
                new BindingRequest(chosen, sandbox)
                        .hosts(hosts)
                        .variables(variables)
                        .places(query, body)
                        .plainHttp(plainHttp)
                        .placeholder(placeholder)
                        .command(command);
        for (String header : headers) {
            request.header(header);
        }
        if (basic != null || registry != null) {
            request.basic(basic == null ? "" : basic);
        }
        return new SecretSetting(System.out).set(request.bind(), !unverified, showErrors);
    }

    // A registry sends its clients to a server of tokens, often of another name, with the password.
    private String[] registryHosts() {
        if (registryAuth == null) {
            return new String[] {registry};
        }
        String host = registryAuth.replaceFirst("^https://", "").replaceFirst("/.*$", "");
        return new String[] {registry, host};
    }

    private CommandSpec ls() {
        return scoped("ls", "List secrets, without their values.", this::list)
                .flag("--json", "Print JSON", on -> json = on)
                .words("SANDBOX", "0..1", "Only this sandbox's own", this::takeWords)
                .build();
    }

    private int list() {
        if (!words.isEmpty()) {
            sandbox = Optional.of(SandboxName.check(words.removeFirst()));
        }
        if (json) {
            SecretList.printJson(System.out, sandbox, global);
        } else {
            SecretList.print(System.out, sandbox, global);
        }
        return 0;
    }

    private CommandSpec rm() {
        return scoped("rm", "Remove a secret.", this::remove)
                .value("--registry", "HOST", "The registry's password", r -> words.add(r))
                .flag("--all", "All of them, or all of --sandbox", on -> all = on)
                .flag("-f --force", "Do not ask", on -> force = on)
                .words("NAME", "0..*", "As jsbx secret ls prints it", this::takeWords)
                .build();
    }

    private int remove() {
        Optional<String> name = name();
        if (name.isPresent() == all) {
            throw Failure.usage("which secret? name one, or use --all: see jsbx secret ls");
        }
        SecretRemoval removal = new SecretRemoval(System.out);
        return all ? removal.removeAll(sandbox, force) : removal.remove(name.get(), sandbox);
    }

    private CommandSpec hostImport() {
        return scoped(
                        "import",
                        "Offer to store what this host's environment holds.",
                        this::importFromHost)
                .flag("--all", "Do not ask", on -> all = on)
                .flag("--dry-run", "Only say what there is", on -> dryRun = on)
                .flag("-f --force", "Replace what is stored already", on -> force = on)
                .words("SERVICE", "0..2", "Only this one", this::takeWords)
                .build();
    }

    private int importFromHost() {
        Optional<String> service = name();
        return new HostImport(System.out)
                .run(new HostImport.Choice(service, sandbox, all, force, dryRun));
    }

    private CommandSpec prove() {
        return Spec.of(
                        "prove",
                        "Search sandboxes' memory, disks, workspaces and logs for a secret.",
                        this::search)
                .value(
                        "--sandbox",
                        "NAME",
                        "Only this one; all that there are otherwise",
                        text -> sandbox = Optional.of(SandboxName.check(text)))
                .words("NAME", "1", "As jsbx secret ls prints it", this::takeWords)
                .build();
    }

    private int search() {
        return new SecretProving(sandbox, System.out).run(words.getFirst());
    }
}

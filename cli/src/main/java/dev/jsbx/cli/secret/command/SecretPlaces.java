package dev.jsbx.cli.secret.command;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.secret.Placeholders;
import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretHosts;
import dev.jsbx.cli.secret.SecretStore;
import dev.jsbx.cli.secret.SecretWatch;
import dev.jsbx.netstack.tls.CertificateAuthority;
import dev.jsbx.vmm.linux.LinuxException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Where secrets are kept, and calls there whose errors the user is told in one line. */
public final class SecretPlaces {
    private SecretPlaces() {}

    /** {@code $XDG_CONFIG_HOME/jsbx}. */
    public static Path installation() {
        return Directories.config();
    }

    /** The store of this user. */
    public static SecretStore store() {
        return new SecretStore(installation());
    }

    /** Where the certificate authority of all sandboxes is. */
    public static Path authority() {
        return installation().resolve("ca");
    }

    /**
     * The secrets of a running sandbox, followed until closed.
     *
     * @param directory the sandbox's, which has its name
     * @param listener called after each change, on another thread
     * @throws IOException if they cannot be read
     */
    public static SecretWatch watch(Path directory, Runnable listener) throws IOException {
        return SecretWatch.start(
                store(),
                directory.getFileName().toString(),
                Placeholders.in(installation(), directory),
                listener);
    }

    /**
     * The certificate authority, good for all secrets that are stored.
     *
     * @throws IOException naming the file that cannot be used; also if there are no secrets
     */
    public static CertificateAuthority certificates() throws IOException {
        TreeSet<String> domains = domains(store().bindings());
        if (domains.isEmpty()) {
            throw new IOException("no secret is stored, so there is no certificate authority");
        }
        return CertificateAuthority.load(authority(), domains);
    }

    /** Every file and directory of this user's secrets. */
    public static List<Path> files() {
        return Stream.of("secrets", "secrets.key", "secrets.lock", "placeholder.key", "ca")
                .map(installation()::resolve)
                .toList();
    }

    /** The domains that the certificate authority of all sandboxes has to be good for. */
    public static TreeSet<String> domains(Collection<SecretBinding> bindings) {
        TreeSet<String> domains = new TreeSet<>();
        for (SecretBinding binding : bindings) {
            binding.hosts().forEach(host -> domains.add(SecretHosts.domain(host)));
        }
        return domains;
    }

    /** Something done with secrets. */
    interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Does it.
     *
     * @throws Failure with its error, if there is one
     */
    static <T> T of(Work<T> work) {
        try {
            return work.run();
        } catch (AccessDeniedException e) {
            throw Failure.failed(e.getFile() + ": permission denied: see its owner and mode");
        } catch (IOException | LinuxException e) {
            throw Failure.failed(e.getMessage());
        }
    }

    /** The scope of a secret, as tables name it. */
    static String scope(Optional<String> sandbox) {
        return sandbox.orElse("(global)");
    }

    /** The same within a sentence. */
    static String scopeWord(Optional<String> sandbox) {
        return sandbox.orElse("global");
    }

    /** Says in how many running sandboxes a change counts by now. */
    static String applied(Optional<String> sandbox) {
        long running =
                SandboxStore.open().list().stream()
                        .filter(Sandbox::isRunning)
                        .filter(each -> sandbox.isEmpty() || sandbox.get().equals(each.name()))
                        .count();
        return running == 0
                ? ""
                : "Applied to "
                        + running
                        + (running == 1 ? " running sandbox" : " running sandboxes");
    }
}

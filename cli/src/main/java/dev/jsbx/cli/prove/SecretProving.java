package dev.jsbx.cli.prove;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.sandbox.Workspace;
import dev.jsbx.cli.secret.KnownServices;
import dev.jsbx.cli.secret.Secret;
import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretStore;
import dev.jsbx.cli.secret.SecretValue;
import dev.jsbx.cli.secret.ValueCommand;
import dev.jsbx.cli.vmm.VmmControl;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code secret prove}: searches every sandbox, or one, for a secret: its guest's memory, disk,
 * workspaces and logs, and all that jsbx keeps itself.
 */
public final class SecretProving {
    private final PrintStream out;
    private final Optional<String> only;
    private int hits;
    private int unread;

    /**
     * @param only the sandbox to search; empty for all
     */
    public SecretProving(Optional<String> only, PrintStream out) {
        this.only = only;
        this.out = out;
    }

    /**
     * Searches for every value that a name has.
     *
     * @return 0 if nothing was found; 1 if something was, or something could not be searched
     */
    public int run(String name) {
        String known = KnownServices.find(name).map(SecretBinding::name).orElse(name);
        List<Sandbox> sandboxes = sandboxes();
        try {
            List<Secret> all = new SecretStore(Directories.config()).load();
            try {
                List<Secret> meant =
                        all.stream()
                                .filter(s -> s.binding().name().equals(known))
                                .filter(s -> isUsable(s.binding()))
                                .toList();
                if (meant.isEmpty()) {
                    throw Failure.failed("there is no secret " + name + ": see jsbx secret ls");
                }
                for (Secret secret : meant) {
                    prove(secret, sandboxes);
                }
            } finally {
                all.forEach(Secret::close);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw Failure.failed("the secret " + name + ": " + e.getMessage());
        }
        return sum(known);
    }

    private boolean isUsable(SecretBinding binding) {
        return only.isEmpty() || binding.sandbox().isEmpty() || binding.sandbox().equals(only);
    }

    private List<Sandbox> sandboxes() {
        SandboxStore store = SandboxStore.open();
        if (only.isEmpty()) {
            return store.list();
        }
        return List.of(store.get(only.get()));
    }

    private void prove(Secret secret, List<Sandbox> sandboxes) throws IOException {
        SecretBinding binding = secret.binding();
        if (binding.command().isPresent()) {
            try (SecretValue value =
                    ValueCommand.run(binding.name(), binding.command().get(), false)) {
                prove(value, sandboxes);
            }
        } else {
            prove(secret.value(), sandboxes);
        }
    }

    private void prove(SecretValue value, List<Sandbox> sandboxes) {
        try (Needles needles = Needles.of(value)) {
            Proof proof = new Proof(needles, out);
            List<Workspace> workspaces = new ArrayList<>();
            boolean running = false;
            for (Sandbox sandbox : sandboxes) {
                SandboxConfig config = SandboxStore.config(sandbox);
                running |= searchGuest(proof, sandbox, config);
                proof.file("disk of " + sandbox.name(), sandbox.disk());
                workspaces.addAll(config.workspaces());
            }
            if (!running) {
                out.println("No sandbox is running, so there is no memory to search");
            }
            for (Workspace workspace : workspaces) {
                proof.tree("workspace " + workspace.source(), workspace.source());
            }
            proof.tree("logs and state in " + Directories.state(), Directories.state());
            proof.tree("settings in " + Directories.config(), Directories.config());
            hits += proof.hits();
            unread += proof.unread();
        }
    }

    private static boolean searchGuest(Proof proof, Sandbox sandbox, SandboxConfig config) {
        Optional<SandboxProcesses> processes = SandboxProcesses.of(sandbox);
        if (processes.isEmpty()) {
            return false;
        }
        try (VmmControl held = VmmControl.connect(sandbox).orElse(null);
                VmmControl control = VmmControl.connect(sandbox).orElse(null)) {
            if (held != null && control != null) {
                held.hold("secret prove"); // it does not idle to its end meanwhile
                control.inspect();
            }
            proof.guest(sandbox.name(), processes.get(), config.memory());
        } catch (IOException e) {
            throw Failure.failed(sandbox.name() + " ended meanwhile: " + e.getMessage());
        }
        return true;
    }

    private int sum(String name) {
        if (hits > 0) {
            out.println(name + " was found: replace it, and see who put it there");
        } else if (unread > 0) {
            out.println(name + " was not found, but not everything could be searched");
        } else {
            out.println(name + " was found nowhere");
        }
        return hits + unread > 0 ? 1 : 0;
    }
}

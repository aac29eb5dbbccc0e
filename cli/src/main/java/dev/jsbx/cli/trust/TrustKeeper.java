package dev.jsbx.cli.trust;

import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.command.SecretPlaces;
import dev.jsbx.image.agent.AgentConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Has the guest of one sandbox trust the authority for whatever secrets the sandbox has. What was
 * delivered is noted beside the sandbox's sockets, which are made anew for each guest, so that a
 * command that finds the note need not ask the guest.
 */
public final class TrustKeeper {
    /** A fresh connection to the guest's agent. */
    public interface Agents {
        AgentConnection connect() throws IOException, InterruptedException;
    }

    private static final String NOTE = "trusted";

    private final Path note;
    private final Agents agents;

    public TrustKeeper(Sandbox sandbox, Agents agents) {
        this.note = sandbox.socket(NOTE);
        this.agents = agents;
    }

    /**
     * Delivers the certificate, unless the guest has it for these secrets.
     *
     * @param bindings of this sandbox; of none there is nothing to do
     * @throws IOException if the authority cannot be used, or the guest's stores not be changed
     */
    public void keep(List<SecretBinding> bindings) throws IOException, InterruptedException {
        if (bindings.isEmpty()) {
            return;
        }
        Collection<String> hosts = registries(bindings);
        String pem = certificate();
        String wanted = String.join(" ", hosts) + "\n" + pem;
        if (wanted.equals(read())) {
            return;
        }
        GuestTrust.deliver(agents.connect(), pem, hosts);
        Files.writeString(note, wanted);
    }

    // As any certificate of the authority's key does that is good for these hosts, and the latest
    // one is good for all secrets that are stored, it is made anew only if there is none.
    private static String certificate() throws IOException {
        Path file = SecretPlaces.authority().resolve("ca.pem");
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            SecretPlaces.certificates();
            return Files.readString(file);
        }
    }

    private static Collection<String> registries(List<SecretBinding> bindings) {
        TreeSet<String> hosts = new TreeSet<>();
        for (SecretBinding binding : bindings) {
            binding.hosts().stream().filter(host -> host.indexOf('*') < 0).forEach(hosts::add);
            if (binding.name().equals("docker")) {
                hosts.add("docker.io");
            }
        }
        return hosts;
    }

    private String read() throws IOException {
        try {
            return Files.readString(note);
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}

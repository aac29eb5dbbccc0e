package dev.jsbx.cli.branch;

import java.net.URISyntaxException;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.transport.URIish;

/** The remotes that a private clone is told of: without credentials, and none on this host. */
final class Remotes {
    private Remotes() {}

    /** Remote names and their addresses; local paths are left out, user and password cut off. */
    static Map<String, String> of(Config config) {
        Map<String, String> remotes = new TreeMap<>();
        for (String name : config.getSubsections("remote")) {
            String url = config.getString("remote", name, "url");
            if (url != null) {
                add(remotes, name, url);
            }
        }
        return remotes;
    }

    private static void add(Map<String, String> remotes, String name, String url) {
        try {
            URIish address = new URIish(url);
            if (!address.isRemote()) {
                return;
            }
            // The user of an ssh address (git@…) is part of the service's name, not a secret.
            boolean ssh = address.getScheme() == null || address.getScheme().endsWith("ssh");
            URIish clean = address.setPass(null);
            remotes.put(name, (ssh ? clean : clean.setUser(null)).toPrivateString());
        } catch (URISyntaxException e) {
            // git would not understand it either.
        }
    }
}

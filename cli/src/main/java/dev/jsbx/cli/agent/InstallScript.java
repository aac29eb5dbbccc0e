package dev.jsbx.cli.agent;

import java.nio.file.Path;
import java.util.List;

/** What a sandbox is to run, as root, to finish an agent's installation. */
final class InstallScript {
    private static final List<String> EVENTS = List.of("preinstall", "install", "postinstall");

    private InstallScript() {}

    /**
     * A shell script that ends at the first command that fails; empty if nothing is to be run.
     *
     * @param tree the prefix on the host
     * @param prefix the same in the guest
     */
    static String of(Agent agent, List<NpmPackage> packages, Path tree, Path prefix) {
        StringBuilder script = new StringBuilder();
        for (NpmPackage each : packages) {
            for (String event : EVENTS) {
                String command = each.scripts().get(event);
                if (command != null) {
                    String place = prefix.resolve(tree.relativize(each.directory())).toString();
                    script.append("cd ").append(quoted(place)).append('\n');
                    script.append("npm_lifecycle_event=").append(event);
                    script.append(" npm_package_name=").append(quoted(each.name()));
                    script.append(" npm_package_version=").append(quoted(each.version()));
                    script.append(" sh -c ").append(quoted(command)).append('\n');
                }
            }
        }
        for (String line : agent.install()) {
            script.append("cd /\n").append(line).append('\n');
        }
        return script.isEmpty() ? "" : head(prefix) + script;
    }

    private static String head(Path prefix) {
        return "set -e\n"
                + "export HOME=/root PREFIX="
                + prefix
                + " npm_config_global=true\n"
                + "export PATH="
                + prefix
                + "/bin:$PATH\n";
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}

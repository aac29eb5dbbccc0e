package dev.jsbx.cli.agent;

import dev.jsbx.cli.Failure;
import dev.jsbx.image.HostProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Has the host's npm download and unpack packages, with the registry and the cache that it is set
 * up for. Nothing of them is run: their install scripts are for a sandbox.
 */
final class NpmInstall {
    private static final int SHOWN = 2;
    private static final String ERROR = "npm error ";
    private static final Pattern NAME_ONLY = Pattern.compile("(@[\\w.-]+/)?[\\w-][\\w.-]*");

    private NpmInstall() {}

    /**
     * Installs packages under a prefix, for the guest's system rather than the host's.
     *
     * @param directory to work in, where no project's settings are
     * @throws Failure with npm's own reason
     */
    static void run(Path directory, Path prefix, List<String> packages)
            throws IOException, InterruptedException {
        Path npm =
                HostProgram.find("npm")
                        .orElseThrow(
                                () ->
                                        Failure.own(
                                                "installing "
                                                        + String.join(", ", packages)
                                                        + " takes npm, which is not on PATH:"
                                                        + " install npm"));
        List<String> command = new ArrayList<>();
        // npm ends with this thread, however jsbx does.
        HostProgram.find("setpriv")
                .ifPresent(p -> command.addAll(List.of(p.toString(), "--pdeathsig", "KILL", "--")));
        command.addAll(List.of(npm.toString(), "install", "--global", "--prefix"));
        command.addAll(List.of(prefix.toString(), "--ignore-scripts", "--no-audit", "--no-fund"));
        command.addAll(List.of("--os=linux", "--cpu=x64", "--libc=glibc", "--no-progress", "--"));
        packages.forEach(each -> command.add(newest(each)));
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        List<String> errors = new ArrayList<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            process.getOutputStream().close();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(ERROR) && !line.startsWith(ERROR + "code")) {
                    errors.add(line.substring(ERROR.length()).strip());
                }
            }
            int code = process.waitFor();
            if (code != 0) {
                throw Failure.own(
                        "npm cannot install "
                                + String.join(", ", packages)
                                + ": "
                                + reason(errors, code)
                                + ": see that npm install works, then try again");
            }
        } finally {
            process.destroyForcibly();
        }
    }

    // Without a version npm takes the newest one that is for the host's node, and a directory of
    // that name rather than a package.
    private static String newest(String name) {
        return NAME_ONLY.matcher(name).matches() ? name + "@latest" : name;
    }

    private static String reason(List<String> errors, int code) {
        return errors.isEmpty()
                ? "it ended with " + code
                : String.join("; ", errors.subList(0, Math.min(SHOWN, errors.size())));
    }
}

package dev.jsbx.cli.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** What a guest's image lacks, put into its workspace. */
final class GuestTools {
    private GuestTools() {}

    /** A script among the resources. */
    static void script(JsbxProgram jsbx, String name) throws IOException {
        try (InputStream in = GuestTools.class.getResourceAsStream(name)) {
            Files.copy(in, jsbx.workspace().resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A C program among the resources, compiled for any guest. */
    static void compile(JsbxProgram jsbx, String name) throws IOException, InterruptedException {
        script(jsbx, name + ".c");
        call(jsbx, compiler(name));
    }

    private static String[] compiler(String name) {
        return new String[] {"cc", "-O2", "-static", "-o", name, name + ".c"};
    }

    /** The same into a directory, for a lab, which has no compiler: {@link #compiled}. */
    static void compileInto(Path directory, String name) throws IOException {
        try (InputStream in = GuestTools.class.getResourceAsStream(name + ".c")) {
            Files.copy(in, directory.resolve(name + ".c"), StandardCopyOption.REPLACE_EXISTING);
        }
        ProcessBuilder compiler = new ProcessBuilder(compiler(name));
        try {
            if (compiler.directory(directory.toFile()).inheritIO().start().waitFor() != 0) {
                throw new IOException("cannot compile " + name + ".c");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** What was compiled into the directory that {@code jsbx.tools} names. */
    static Path compiled(String name) {
        return Path.of(System.getProperty("jsbx.tools")).resolve(name);
    }

    /**
     * A program of the host with its libraries.
     *
     * @return the words that start it in the guest, from the workspace
     */
    static List<String> program(JsbxProgram jsbx, String name) throws Exception {
        Path tools = Files.createDirectories(jsbx.workspace().resolve("tools"));
        String script =
                "p=$(command -v $1) && cp -L \"$p\" $2/ && ldd \"$p\" | grep -o '/[^ ]*'"
                        + " | while read -r l; do cp -L \"$l\" $2/; done";
        call(jsbx, "sh", "-c", script, "sh", name, tools.toString());
        return List.of("tools/ld-linux-x86-64.so.2", "--library-path", "tools", "tools/" + name);
    }

    /** Runs a program of the host in the workspace. */
    static String call(JsbxProgram jsbx, String... words) throws IOException, InterruptedException {
        JsbxProgram.Result result =
                JsbxProgram.finish(jsbx.startAny(new ArrayList<>(List.of(words))), new byte[0]);
        if (result.code() != 0) {
            throw new IOException(
                    String.join(" ", words) + " failed: " + result.out() + result.err());
        }
        return result.out();
    }
}

package dev.jsbx.bench;

import java.io.IOException;
import java.nio.file.Path;

/** jsbx as a user starts it. */
public final class Launcher {
    private Launcher() {}

    /** The script, with what it starts built first, which takes a minute where that is not done. */
    public static String jsbx() throws IOException {
        String jsbx = Path.of(System.getProperty("jsbx.home", "."), "jsbx").toString();
        Process version =
                new ProcessBuilder(jsbx, "version")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            if (version.waitFor() != 0) {
                throw new IOException(jsbx + " version failed");
            }
        } catch (InterruptedException e) {
            version.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + jsbx + " is built", e);
        }
        return jsbx;
    }
}

package dev.jsbx.cli.sandbox;

import java.nio.file.Path;

/** Where jsbx keeps things, by the XDG base directory specification. */
public final class Directories {
    private Directories() {}

    /** Sandboxes: {@code $XDG_STATE_HOME/jsbx}. */
    public static Path state() {
        return base("XDG_STATE_HOME", ".local/state");
    }

    /** Images and other things that can be made again: {@code $XDG_CACHE_HOME/jsbx}. */
    public static Path cache() {
        return base("XDG_CACHE_HOME", ".cache");
    }

    /** Settings and policy: {@code $XDG_CONFIG_HOME/jsbx}. */
    public static Path config() {
        return base("XDG_CONFIG_HOME", ".config");
    }

    // The specification has relative paths ignored.
    private static Path base(String variable, String fallback) {
        String value = System.getenv(variable);
        if (value != null && value.startsWith("/")) {
            return Path.of(value, "jsbx");
        }
        String home = System.getenv("HOME");
        return Path.of(
                home != null && home.startsWith("/") ? home : System.getProperty("user.home"),
                fallback,
                "jsbx");
    }
}

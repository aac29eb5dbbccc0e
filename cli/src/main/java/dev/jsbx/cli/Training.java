package dev.jsbx.cli;

/**
 * Runs what a start of jsbx runs, for the JVM to keep the classes loaded and linked ({@code
 * -XX:AOTCacheOutput}). Not a command; {@code ./jsbx} starts it after a build.
 */
final class Training {
    private Training() {}

    public static void main(String[] args) {
        switch (args[0]) {
            case "cli" -> cli();
            case "vmm" -> {}
            default -> throw new IllegalArgumentException("cli or vmm, not " + args[0]);
        }
    }

    // Help texts are left out: they load locale data that no ordinary command needs, and every
    // class in the cache costs a little at each start.
    private static void cli() {
        Jsbx.run("version", "--json");
        Jsbx.run("version");
        for (String name : Commands.NAMES) {
            Commands.create(name);
        }
    }
}

package dev.jsbx.cli.acceptance;

/**
 * One thing that must hold.
 *
 * @param name what it is about
 */
record Check(String name, Body body) {
    /** Throws if it does not hold. */
    @FunctionalInterface
    interface Body {
        void run(JsbxProgram jsbx) throws Exception;
    }
}

package dev.jsbx.cli.engine;

/**
 * How a guest ended.
 *
 * @param detail one line for people
 */
public record MachineEnd(Kind kind, String detail) {
    /** What happened. */
    public enum Kind {
        /** The guest turned itself off. */
        POWERED_OFF,
        /** The guest asked to be reset, or its CPU shut down. */
        RESET,
        /** Its kernel gave up. */
        PANICKED,
        /** jsbx ended it. */
        STOPPED,
        /** What executed the guest ended. */
        CRASHED
    }
}

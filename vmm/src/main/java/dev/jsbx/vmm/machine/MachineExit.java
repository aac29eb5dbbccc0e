package dev.jsbx.vmm.machine;

/**
 * Why a machine ended.
 *
 * @param kind what to make of it
 * @param message one line for people
 * @param detail registers or a stack trace, several lines; empty where there is nothing to say
 */
public record MachineExit(Kind kind, String message, String detail) {
    /** The kinds of end. */
    public enum Kind {
        /** The guest switched itself off. */
        POWER_OFF,
        /** The guest reset itself, to start again. */
        RESET,
        /** The guest's kernel panicked: it said so, or reset without shutting down. */
        PANIC,
        /** A vCPU could not even deliver a double fault: a broken kernel, or reboot=t. */
        TRIPLE_FAULT,
        /** KVM or a device could not go on. */
        ERROR,
        /** The machine was stopped from outside. */
        STOPPED
    }

    static MachineExit of(Kind kind, String message) {
        return new MachineExit(kind, message, "");
    }
}

package dev.jsbx.image.agent;

/**
 * How a session ended.
 *
 * @param kind what value is
 * @param value exit status, signal number, or errno
 * @param code what a shell reports, 0 to 255: the exit status, 128 + signal, 127 not found, 126 not
 *     executable
 * @param message why it did not start, or the signal's name; one printable line, may be empty
 */
public record ExitStatus(Kind kind, int value, int code, String message) {
    /** The three ends that a process can have. */
    public enum Kind {
        EXITED,
        SIGNALED,
        NOT_STARTED
    }

    static ExitStatus from(Frame frame) throws AgentException {
        int kind = frame.u32();
        int value = frame.u32();
        int code = frame.u32();
        String message = frame.text();
        if (kind < 0 || kind > Protocol.NOT_STARTED || code < 0 || code > 255) {
            throw new AgentException("guest agent: malformed exit status");
        }
        return new ExitStatus(Kind.values()[kind], value, code, message);
    }
}

package dev.jsbx.image.agent;

import java.io.IOException;

/** The guest agent refused, failed, or broke the protocol; the message is one printable line. */
public final class AgentException extends IOException {
    private static final long serialVersionUID = 1L;
    private final int errno;

    AgentException(String message) {
        this(0, message);
    }

    AgentException(int errno, String message) {
        super(message);
        this.errno = errno;
    }

    /** The guest's error number, or 0 if there was none. */
    public int errno() {
        return errno;
    }
}

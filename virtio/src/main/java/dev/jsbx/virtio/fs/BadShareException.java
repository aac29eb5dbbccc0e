package dev.jsbx.virtio.fs;

/** A directory cannot be shared; the message names it and the reason. */
public final class BadShareException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadShareException(String message) {
        super(message);
    }
}

package dev.jsbx.virtio.queue;

/** A rule of the ring that the driver broke; never leaves this package. */
final class BrokenRing extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenRing(String reason) {
        // A hostile guest can cause this at will: no stack trace, so that it costs little.
        super(reason, null, false, false);
    }
}

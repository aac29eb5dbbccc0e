package dev.jsbx.vmm.memory;

/** The guest named memory that it does not have. A device answers by marking itself broken. */
public final class BadGuestAddress extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadGuestAddress(long gpa, long length) {
        // A hostile guest can cause this at will: no stack trace, so that it costs little.
        super(String.format("guest memory %#x + %#x bytes", gpa, length), null, false, false);
    }
}

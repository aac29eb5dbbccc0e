package dev.jsbx.vmm.boot;

import java.io.IOException;

/** A file that is no kernel which can be booted; the message is one line with file and reason. */
public final class BadKernelException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param name the kernel's name for people, mostly its path
     * @param reason what is wrong with it
     */
    public BadKernelException(String name, String reason) {
        super("kernel " + name + ": " + reason);
    }
}

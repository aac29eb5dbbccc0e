package dev.jsbx.vmm.kvm;

import java.io.IOException;

/** No KVM to work with; the message is one line with the reason and the next step. */
public final class KvmUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    KvmUnavailableException(String message) {
        super(message);
    }
}

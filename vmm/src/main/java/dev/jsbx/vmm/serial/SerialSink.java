package dev.jsbx.vmm.serial;

/** Takes what the guest sends. */
@FunctionalInterface
public interface SerialSink {
    /**
     * One byte went out. Called on a vCPU's thread with the port locked: must neither block for
     * long nor throw.
     */
    void send(byte data);
}

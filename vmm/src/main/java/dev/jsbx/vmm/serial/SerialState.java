package dev.jsbx.vmm.serial;

/**
 * The registers of a {@link Serial16550}, to be saved and restored.
 *
 * @param ier interrupt enable
 * @param fcr FIFO control
 * @param lcr line control
 * @param mcr modem control
 * @param scr scratch
 * @param divisor of the baud rate
 * @param transmitterEmpty whether a "transmitter holding register empty" interrupt is pending
 * @param received bytes that the guest has not read yet, at most {@link Serial16550#CAPACITY}
 */
public record SerialState(
        int ier,
        int fcr,
        int lcr,
        int mcr,
        int scr,
        int divisor,
        boolean transmitterEmpty,
        byte[] received) {}

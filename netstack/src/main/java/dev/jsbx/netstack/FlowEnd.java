package dev.jsbx.netstack;

/**
 * How a flow ended.
 *
 * @param reason what ended it
 * @param bytesFromGuest payload bytes that the guest sent and the stack accepted
 * @param bytesToGuest payload bytes that the stack sent for the first time (retransmissions do not
 *     count)
 * @param nanos from the verdict to the end
 */
public record FlowEnd(Reason reason, long bytesFromGuest, long bytesToGuest, long nanos) {
    /** What ended a flow. */
    public enum Reason {
        /** Both sides said goodbye, or a UDP or ICMP flow fell silent. */
        FINISHED,
        /** The verdict was to refuse or drop. */
        DENIED,
        /** The host's side could not be reached or refused. */
        UNREACHABLE,
        /** The guest reset or abandoned it. */
        RESET_BY_GUEST,
        /** The host's side reset or broke it. */
        RESET_BY_HOST,
        /** Nobody answered in time. */
        TIMED_OUT,
        /** The policy changed, or the stack is closing. */
        CUT
    }
}

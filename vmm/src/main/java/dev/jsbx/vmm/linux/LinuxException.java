package dev.jsbx.vmm.linux;

/**
 * A system call that failed: which, with what arguments, and why, in one line such as {@code
 * openat("/dev/kvm", O_RDWR): EACCES (Permission denied)}.
 */
public final class LinuxException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int errno;
    private final String call;

    /**
     * @param errno the kernel's error number, positive
     * @param call the call with its arguments
     */
    public LinuxException(int errno, String call) {
        super(call + ": " + Errno.describe(errno));
        this.errno = errno;
        this.call = call;
    }

    /** The error number, one of {@link Errno}'s. */
    public int errno() {
        return errno;
    }

    /** The reason for people, such as {@code Permission denied}. */
    public String reason() {
        return Errno.text(errno);
    }

    /** The call and its arguments, without the reason. */
    public String call() {
        return call;
    }
}

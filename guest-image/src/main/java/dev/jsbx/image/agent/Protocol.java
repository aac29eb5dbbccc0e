package dev.jsbx.image.agent;

/**
 * The numbers of {@code protocol.h}, which describes the protocol; a test compares the two. Sizes
 * in bytes, times in milliseconds.
 */
public final class Protocol {
    public static final int MAGIC = 0x7862736a;
    public static final int VERSION = 2;
    public static final int PORT = 1024;

    public static final int HEADER = 8;
    public static final int MAX_DATA = 32768;
    public static final int MAX_REQUEST = 1048576;
    public static final int MAX_MESSAGE = 4096;
    public static final int WINDOW = 131072;

    public static final int MAX_CONNECTIONS = 128;
    public static final int HANGUP_GRACE_MS = 3000;

    public static final int STDIN = 0;
    public static final int STDOUT = 1;
    public static final int STDERR = 2;

    public static final int EXEC = 1;
    public static final int TAR_OUT = 2;
    public static final int TAR_IN = 3;
    public static final int FORWARD = 4;

    public static final int PING = 16;
    public static final int CLOCK = 17;
    public static final int ENTROPY = 18;
    public static final int SYNC = 19;
    public static final int SHUTDOWN = 20;
    public static final int MOUNT = 21;
    public static final int HOSTNAME = 22;
    public static final int SLEEPER = 23;

    public static final int DATA = 32;
    public static final int EOF = 33;
    public static final int CREDIT = 34;
    public static final int RESIZE = 35;
    public static final int SIGNAL = 36;

    public static final int HELLO = 64;
    public static final int FAILED = 65;
    public static final int STARTED = 66;
    public static final int EXIT = 67;
    public static final int DONE = 68;

    public static final int EXEC_TTY = 1;
    public static final int EXEC_DETACHED = 2;
    public static final int EXEC_CLEAN = 4;

    public static final int MOUNT_READ_ONLY = 1;
    public static final int MOUNT_FILE = 2;

    public static final int POWER_OFF = 0;
    public static final int REBOOT = 1;

    public static final int EXITED = 0;
    public static final int SIGNALED = 1;
    public static final int NOT_STARTED = 2;

    public static final int CODE_CANNOT_RUN = 126;
    public static final int CODE_NOT_FOUND = 127;

    public static final int T_INIT = 1;
    public static final int T_MODULES = 2;
    public static final int T_ROOT = 3;
    public static final int T_SHARES = 4;
    public static final int T_NET = 5;
    public static final int T_READY = 6;

    private Protocol() {}
}

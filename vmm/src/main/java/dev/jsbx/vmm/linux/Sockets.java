package dev.jsbx.vmm.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Unix-domain stream sockets, with descriptors passed along ({@code SCM_RIGHTS}), which java.nio
 * cannot do. All descriptors are close-on-exec.
 */
public final class Sockets {
    public static final int SHUT_RD = 0;
    public static final int SHUT_WR = 1;
    public static final int SHUT_RDWR = 2;

    /** The most descriptors one message carries here; the kernel's limit is 253. */
    public static final int MAX_FDS = 32;

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_PEEK = 2;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int MSG_CTRUNC = 8;

    private static final int OWNER_ONLY = 0600;

    // struct sockaddr_un: u16 family, 108 bytes of path.
    private static final int SUN_PATH = 2;
    private static final int SUN_PATH_SIZE = 108;

    // struct msghdr on x86-64.
    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int MSG_FLAGS = 48;
    private static final int MSGHDR_SIZE = 56;

    // struct cmsghdr: u64 length, i32 level, i32 type, data; aligned to 8.
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;

    private Sockets() {}

    /**
     * Listens on a path that does not exist yet; only its owner may connect.
     *
     * @param backlog connections that may wait to be accepted
     * @throws LinuxException with EADDRINUSE if the path exists
     * @throws IllegalArgumentException if the path is longer than 107 bytes, Linux's limit
     */
    public static Fd listen(Path path, int backlog) {
        Fd socket = stream(SOCK_NONBLOCK);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(arena, path);
            // The path gets the socket's mode, so that at no time others could connect.
            Syscall.check(
                    Syscall.call(Syscall.FCHMOD, socket.number(), OWNER_ONLY), "fchmod(socket)");
            Syscall.check(
                    Syscall.call(
                            Syscall.BIND, socket.number(), address.address(), address.byteSize()),
                    "bind(\"%s\")",
                    path);
            Syscall.check(
                    Syscall.call(Syscall.LISTEN, socket.number(), backlog), "listen(\"%s\")", path);
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Connects to a listening path.
     *
     * @param nonBlocking whether the new socket is; connecting itself never waits for a Unix socket
     */
    public static Fd connect(Path path, boolean nonBlocking) {
        Fd socket = stream(nonBlocking ? SOCK_NONBLOCK : 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(arena, path);
            Syscall.check(
                    Syscall.call(
                            Syscall.CONNECT,
                            socket.number(),
                            address.address(),
                            address.byteSize()),
                    "connect(\"%s\")",
                    path);
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Accepts a waiting connection.
     *
     * @return the connection's descriptor, which the caller owns, or {@code -errno}; -EAGAIN if
     *     none waits
     */
    public static long accept(int listening, boolean nonBlocking) {
        int flags = SOCK_CLOEXEC | (nonBlocking ? SOCK_NONBLOCK : 0);
        return Syscall.call(Syscall.ACCEPT4, listening, 0, 0, flags);
    }

    /** Two connected sockets, blocking. */
    public static List<Fd> pair() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment two = arena.allocate(ValueLayout.JAVA_INT, 2);
            Syscall.check(
                    Syscall.call(
                            Syscall.SOCKETPAIR,
                            AF_UNIX,
                            SOCK_STREAM | SOCK_CLOEXEC,
                            0,
                            two.address()),
                    "socketpair");
            return List.of(
                    Fd.owning(two.getAtIndex(ValueLayout.JAVA_INT, 0)),
                    Fd.owning(two.getAtIndex(ValueLayout.JAVA_INT, 1)));
        }
    }

    /** Ends one or both directions of a connection. @return 0 or {@code -errno} */
    public static long shutdown(int socket, int how) {
        return Syscall.call(Syscall.SHUTDOWN, socket, how);
    }

    /** Whether a read would return at once: with bytes, the end of the stream, or an error. */
    public static boolean hasInput(int socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocate(1);
            long n =
                    Syscall.call(
                            Syscall.RECVFROM,
                            socket,
                            one.address(),
                            one.byteSize(),
                            MSG_PEEK | MSG_DONTWAIT,
                            0,
                            0);
            return n != -Errno.EAGAIN;
        }
    }

    /** The pending error of a socket, 0 if none ({@code SO_ERROR}). */
    public static int error(int socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, Integer.BYTES);
            Syscall.check(
                    Syscall.call(
                            Syscall.GETSOCKOPT,
                            socket,
                            SOL_SOCKET,
                            SO_ERROR,
                            value.address(),
                            length.address()),
                    "getsockopt(%d, SO_ERROR)",
                    socket);
            return value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** Sends without raising SIGPIPE. @return bytes sent, or {@code -errno}; allocates nothing */
    public static long send(int socket, long address, long length) {
        // sendto(2) with no address is send(2).
        return Syscall.call(Syscall.SENDTO, socket, address, length, MSG_NOSIGNAL, 0, 0);
    }

    /**
     * Sends bytes together with descriptors, whose ownership stays with the caller.
     *
     * @param fds at most {@link #MAX_FDS}
     * @return bytes sent, or {@code -errno}
     */
    public static long send(int socket, MemorySegment data, List<Fd> fds) {
        if (fds.size() > MAX_FDS) {
            throw new IllegalArgumentException(fds.size() + " descriptors in one message");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = message(arena, data);
            if (fds.isEmpty()) {
                header.set(ValueLayout.JAVA_LONG, MSG_CONTROL, 0);
                header.set(ValueLayout.JAVA_LONG, MSG_CONTROLLEN, 0);
            } else {
                fillRights(arena, header, fds);
            }
            return Syscall.call(Syscall.SENDMSG, socket, header.address(), MSG_NOSIGNAL);
        }
    }

    private static void fillRights(Arena arena, MemorySegment header, List<Fd> fds) {
        MemorySegment control = control(arena, fds.size());
        control.set(ValueLayout.JAVA_LONG, 0, CMSG_DATA + 4L * fds.size());
        control.set(ValueLayout.JAVA_INT, CMSG_LEVEL, SOL_SOCKET);
        control.set(ValueLayout.JAVA_INT, CMSG_TYPE, SCM_RIGHTS);
        for (int i = 0; i < fds.size(); i++) {
            control.set(ValueLayout.JAVA_INT, CMSG_DATA + 4L * i, fds.get(i).number());
        }
        header.set(ValueLayout.JAVA_LONG, MSG_CONTROL, control.address());
        header.set(ValueLayout.JAVA_LONG, MSG_CONTROLLEN, control.byteSize());
    }

    /**
     * Receives bytes and the descriptors sent with them.
     *
     * @param data filled from its start
     * @param fds what came along is added here, and then belongs to the caller
     * @return bytes received, 0 at the end of the stream, or {@code -errno}; -EPROTO if more
     *     descriptors came than {@link #MAX_FDS} (those that fitted are in {@code fds})
     */
    public static long receive(int socket, MemorySegment data, List<Fd> fds) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = message(arena, data);
            MemorySegment control = control(arena, MAX_FDS);
            header.set(ValueLayout.JAVA_LONG, MSG_CONTROL, control.address());
            header.set(ValueLayout.JAVA_LONG, MSG_CONTROLLEN, control.byteSize());
            long n = Syscall.call(Syscall.RECVMSG, socket, header.address(), MSG_CMSG_CLOEXEC);
            if (n >= 0) {
                fds.addAll(rights(header, control));
                if ((header.get(ValueLayout.JAVA_INT, MSG_FLAGS) & MSG_CTRUNC) != 0) {
                    return -Errno.EPROTO;
                }
            }
            return n;
        }
    }

    private static List<Fd> rights(MemorySegment header, MemorySegment control) {
        List<Fd> fds = new ArrayList<>();
        long filled = header.get(ValueLayout.JAVA_LONG, MSG_CONTROLLEN);
        if (filled >= CMSG_DATA
                && control.get(ValueLayout.JAVA_INT, CMSG_LEVEL) == SOL_SOCKET
                && control.get(ValueLayout.JAVA_INT, CMSG_TYPE) == SCM_RIGHTS) {
            long end = Math.min(control.get(ValueLayout.JAVA_LONG, 0), filled);
            for (long at = CMSG_DATA; at + Integer.BYTES <= end; at += Integer.BYTES) {
                fds.add(Fd.owning(control.get(ValueLayout.JAVA_INT, at)));
            }
        }
        return fds;
    }

    private static MemorySegment message(Arena arena, MemorySegment data) {
        MemorySegment iovec = arena.allocate(ValueLayout.JAVA_LONG, 2);
        iovec.setAtIndex(ValueLayout.JAVA_LONG, 0, data.address());
        iovec.setAtIndex(ValueLayout.JAVA_LONG, 1, data.byteSize());
        MemorySegment header = arena.allocate(MSGHDR_SIZE, Long.BYTES);
        header.set(ValueLayout.JAVA_LONG, MSG_IOV, iovec.address());
        header.set(ValueLayout.JAVA_LONG, MSG_IOVLEN, 1);
        return header;
    }

    private static MemorySegment control(Arena arena, int fds) {
        long length = CMSG_DATA + 4L * fds;
        return arena.allocate((length + 7) & ~7L, Long.BYTES);
    }

    private static Fd stream(int flags) {
        long n = Syscall.call(Syscall.SOCKET, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
        return Fd.owning((int) Syscall.check(n, "socket(AF_UNIX, SOCK_STREAM)"));
    }

    private static MemorySegment address(Arena arena, Path path) {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= SUN_PATH_SIZE) {
            throw new IllegalArgumentException(
                    "socket path is longer than " + (SUN_PATH_SIZE - 1) + " bytes: " + path);
        }
        MemorySegment address = arena.allocate(SUN_PATH + SUN_PATH_SIZE, 2);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, SUN_PATH, bytes.length);
        return address;
    }
}

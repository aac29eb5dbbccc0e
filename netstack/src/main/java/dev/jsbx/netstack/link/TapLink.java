package dev.jsbx.netstack.link;

import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.Io;
import dev.jsbx.vmm.linux.Ioctl;
import dev.jsbx.vmm.linux.LinuxException;
import io.netty.buffer.ByteBuf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A TAP device of Linux with offload headers ({@code Documentation/networking/tuntap.rst}): the
 * kernel behind it plays the guest. It leaves checksums and segmentation to us and takes both from
 * us.
 */
public final class TapLink implements Link {
    private static final short IFF_TAP = 0x0002;
    private static final short IFF_NO_PI = 0x1000;
    private static final short IFF_VNET_HDR = 0x4000;
    private static final int IFNAMSIZ = 16;
    private static final int IFREQ_SIZE = 40;
    private static final long TUNSETIFF = Ioctl.iow('T', 202, 4);
    private static final long TUNSETOFFLOAD = Ioctl.iow('T', 208, 4);
    private static final long TUNSETVNETHDRSZ = Ioctl.iow('T', 216, 4);
    private static final int TUN_F_CSUM = 0x01;
    private static final int TUN_F_TSO4 = 0x02;
    private static final int TUN_F_TSO6 = 0x04;
    private static final int TUN_F_USO = 0x20 | 0x40; // both families, or neither (Linux 6.2)

    private static final int BUFFERS = 64;

    private final Fd fd;
    private final int mtu;
    private final int offloads;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment iovecs;
    private final FramePool pool = new FramePool(BUFFERS, (Offload.SIZE + MAX_FRAME + 63) & ~63);
    private final Frame frame = new Frame();
    private long dropped;

    private TapLink(Fd fd, int mtu, int offloads) {
        this.fd = fd;
        this.mtu = mtu;
        this.offloads = offloads;
        iovecs = arena.allocate((long) Io.IOV_MAX * Io.IOVEC_SIZE, 8);
    }

    /**
     * Attaches to a TAP device of the calling thread's network namespace, making it if there is
     * none of that name.
     *
     * @param name at most 15 bytes
     * @param mtu what the other side has set, in bytes
     * @throws LinuxException without {@code CAP_NET_ADMIN} over the namespace
     */
    public static TapLink open(String name, int mtu) {
        Fd fd = Files.open(Path.of("/dev/net/tun"), Files.O_RDWR | Files.O_NONBLOCK);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(IFREQ_SIZE, 8);
            byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
            if (bytes.length >= IFNAMSIZ) {
                throw new IllegalArgumentException("device name of over 15 bytes: " + name);
            }
            MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, bytes.length);
            short flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
            request.set(ValueLayout.JAVA_SHORT, IFNAMSIZ, flags);
            Ioctl.call(fd, TUNSETIFF, "TUNSETIFF " + name, request);
            MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, Offload.SIZE);
            Ioctl.call(fd, TUNSETVNETHDRSZ, "TUNSETVNETHDRSZ", size);
            return new TapLink(fd, mtu, takeOffloads(fd));
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private static int takeOffloads(Fd fd) {
        int tcp = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6;
        try {
            Ioctl.call(fd, TUNSETOFFLOAD, "TUNSETOFFLOAD", tcp | TUN_F_USO);
            return CHECKSUM | TSO4 | TSO6 | USO4 | USO6;
        } catch (LinuxException e) {
            Ioctl.call(fd, TUNSETOFFLOAD, "TUNSETOFFLOAD", tcp);
            return CHECKSUM | TSO4 | TSO6;
        }
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public int offloads() {
        return offloads;
    }

    @Override
    public int receive(FrameHandler handler, int budget) {
        int n = 0;
        while (n < budget) {
            pool.next();
            MemorySegment memory = pool.memory();
            ByteBuf backing = pool.backing();
            long length = Io.read(fd.number(), memory);
            if (length < 0) {
                if (length == -Errno.EAGAIN) {
                    break;
                }
                if (length == -Errno.EINTR) {
                    continue;
                }
                throw new LinuxException((int) -length, "read from the TAP device");
            }
            n++;
            if (length >= Offload.SIZE) {
                frame.offload().read(memory, 0);
                frame.set(memory, Offload.SIZE, (int) length - Offload.SIZE, backing);
                handler.frame(frame);
            }
        }
        return n;
    }

    @Override
    public boolean transmit(OutFrame out) {
        MemorySegment head = out.offloadAndHeader();
        out.offload().write(head, 0);
        iovec(0, head.address(), Offload.SIZE + (long) out.headerLength());
        int count = 1 + out.pieces();
        if (count > Io.IOV_MAX) {
            dropped++;
            return true;
        }
        for (int i = 0; i < out.pieces(); i++) {
            long address = out.pieceMemory(i).address() + out.pieceAt(i);
            iovec(i + 1, address, out.pieceLength(i));
        }
        long n = Io.writev(fd.number(), iovecs.address(), count);
        if (n == -Errno.EAGAIN) {
            return false;
        }
        // Anything else, such as EIO while the device is down, is a frame lost on the wire.
        if (n < 0) {
            dropped++;
        }
        return true;
    }

    private void iovec(int i, long address, long length) {
        long at = (long) i * Io.IOVEC_SIZE;
        iovecs.set(ValueLayout.JAVA_LONG, at, address);
        iovecs.set(ValueLayout.JAVA_LONG, at + 8, length);
    }

    /** Frames that the device refused. */
    public long dropped() {
        return dropped;
    }

    @Override
    public void flush() {
        // Each write has gone out by itself.
    }

    @Override
    public int readinessFd() {
        return fd.number();
    }

    @Override
    public void close() {
        fd.close();
        pool.close();
        arena.close();
    }
}

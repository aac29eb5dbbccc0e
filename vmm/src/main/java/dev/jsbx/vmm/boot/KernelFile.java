package dev.jsbx.vmm.boot;

import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.Io;
import dev.jsbx.vmm.linux.LinuxException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** The bytes of a file on their way into guest memory, without a copy in between. */
final class KernelFile implements AutoCloseable {
    /** ext4 and the like copy at most this much per call. */
    private static final long MAX_READ = 1L << 30;

    private final String name;
    private final Fd fd;
    private final byte[] bytes;
    private final long size;

    private KernelFile(String name, Fd fd, byte[] bytes, long size) {
        this.name = name;
        this.fd = fd;
        this.bytes = bytes;
        this.size = size;
    }

    /**
     * Opens a file.
     *
     * @param what it is to people, such as "kernel"
     * @throws IOException in one line with the file and the reason
     */
    static KernelFile open(Path path, String what) throws IOException {
        try {
            Fd fd = Files.open(path, Files.O_RDONLY);
            return new KernelFile(path.toString(), fd, null, Files.size(fd));
        } catch (LinuxException e) {
            throw new IOException(what + " " + path + ": " + e.reason(), e);
        }
    }

    /** A file that is in memory already. */
    static KernelFile of(byte[] bytes, String name) {
        return new KernelFile(name, null, bytes, bytes.length);
    }

    String name() {
        return name;
    }

    long size() {
        return size;
    }

    /**
     * Fills all of {@code to}, native memory, from {@code offset} of the file.
     *
     * @return whether the file has that many bytes there
     */
    boolean read(long offset, MemorySegment to) throws IOException {
        if (offset < 0 || offset > size || to.byteSize() > size - offset) {
            return false;
        }
        if (bytes != null) {
            MemorySegment.copy(
                    bytes, (int) offset, to, ValueLayout.JAVA_BYTE, 0, (int) to.byteSize());
            return true;
        }
        for (long done = 0; done < to.byteSize(); ) {
            long rest = Math.min(to.byteSize() - done, MAX_READ);
            long n = Io.pread(fd.number(), to.address() + done, rest, offset + done);
            if (n < 0) {
                LinuxException e = new LinuxException((int) -n, "pread(" + name + ")");
                throw new IOException(name + ": " + e.reason(), e);
            }
            if (n == 0) {
                return false; // it was cut while we read
            }
            done += n;
        }
        return true;
    }

    @Override
    public void close() {
        if (fd != null) {
            fd.close();
        }
    }
}

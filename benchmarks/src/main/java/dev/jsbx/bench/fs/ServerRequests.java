package dev.jsbx.bench.fs;

import dev.jsbx.virtio.fs.RequestReplay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Requests a second by opcode, served on one thread, without a guest: from the available ring
 * through the server and the host's kernel to the used ring. With {@code -prof gc} READ and WRITE
 * allocate 0 bytes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC"
        })
public class ServerRequests {
    private Path directory;
    private RequestReplay server;

    /** A share in memory, so that the disk is not what is measured. */
    @Setup
    public void share() throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "jsbx-bench");
        for (int i = 0; i < 100; i++) {
            Files.write(directory.resolve("file" + i), new byte[1 << 20]);
        }
        server = new RequestReplay(directory);
    }

    /** Removes the share. */
    @TearDown
    public void remove() throws IOException {
        server.close();
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** 4 KiB. */
    @Benchmark
    public long read4k() {
        return server.serve(server.read4k);
    }

    /** 1 MiB, of pages. */
    @Benchmark
    public long read1m() {
        return server.serve(server.read1m);
    }

    /** 4 KiB. */
    @Benchmark
    public long write4k() {
        return server.serve(server.write4k);
    }

    /** 1 MiB, of pages. */
    @Benchmark
    public long write1m() {
        return server.serve(server.write1m);
    }

    /** A name that is there; its count is never taken back. */
    @Benchmark
    public long lookup() {
        return server.serve(server.lookup);
    }

    /** A name that is not there. */
    @Benchmark
    public long lookupNothing() {
        return server.serve(server.lookupNothing);
    }

    /** By node. */
    @Benchmark
    public long getattr() {
        return server.serve(server.getattr);
    }

    /** The mode. */
    @Benchmark
    public long setattr() {
        return server.serve(server.setattr);
    }

    /** With the RELEASE that follows. */
    @Benchmark
    public long openRelease() {
        return server.serveOpened(server.open);
    }

    /** With the RELEASE, FORGET and UNLINK that follow. */
    @Benchmark
    public long createUnlink() {
        return server.serveCreated();
    }

    /** A hundred entries from the beginning. */
    @Benchmark
    public long readdirplus() {
        return server.serve(server.readdirplus);
    }

    /** Of the share. */
    @Benchmark
    public long statfs() {
        return server.serve(server.statfs);
    }

    /** An attribute that is not there, as with each write to a file of Linux's. */
    @Benchmark
    public long getxattr() {
        return server.serve(server.getxattr);
    }
}
